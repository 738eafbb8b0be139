// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.LogRecord;
import dev.slipstream.store.StoreNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of the streams in a data directory and of the engine's records, for whoever looks at it
 * while no server runs.
 *
 * <p>A stream of the account {@code $G} is called by its name alone, one of another account {@code
 * ACCOUNT/NAME}. Not thread-safe. Source: docs/data-format.md.
 */
public final class RecordNames implements StoreNames {
  private static final String GLOBAL_ACCOUNT = "$G";
  private static final String CATALOGUE = "the catalogue";

  private final Map<Long, String> streams = new TreeMap<>();

  /** Names of nothing yet. */
  public RecordNames() {}

  @Override
  public void snapshot(long assetId, byte[] bytes, int from, int to) {
    if (assetId != Catalogue.ID) {
      learn(assetId, new RecordReader(bytes, from, to));
    }
  }

  @Override
  public void record(LogRecord record) {
    if (record.type == Records.STREAM_CREATED || record.type == Records.STREAM_RESTORING) {
      RecordReader in = new RecordReader(record.bytes, record.from, record.to);
      learn(in.readLong(), in);
    }
  }

  private void learn(long streamId, RecordReader in) {
    try {
      String account = in.readText();
      in.readLong(); // when it was made
      String name = Stream.readConfig(in.readBytes()).name();
      streams.put(streamId, account.equals(GLOBAL_ACCOUNT) ? name : account + "/" + name);
    } catch (RuntimeException cutOrOfAnotherShape) {
      // it stays without a name
    }
  }

  @Override
  public @Nullable String asset(long assetId) {
    return assetId == Catalogue.ID ? CATALOGUE : streams.get(assetId);
  }

  @Override
  public List<Long> assets(String name) {
    List<Long> found = new ArrayList<>();
    streams.forEach(
        (streamId, known) -> {
          if (known.equals(name)) {
            found.add(streamId);
          }
        });
    return found;
  }

  @Override
  public @Nullable String type(byte type) {
    return switch (type) {
      case Records.STREAM_CREATED -> "stream created";
      case Records.STREAM_DELETED -> "stream deleted";
      case Records.STREAM_UPDATED -> "stream updated";
      case Records.MESSAGE_DELETED -> "message deleted";
      case Records.PURGED -> "purged";
      case Records.EXPIRED -> "expired";
      case Records.MESSAGES_EXPIRED -> "messages expired";
      case Records.MESSAGES_DONE -> "messages done";
      case Records.MESSAGE_SKIPPED -> "message skipped";
      case Records.SOURCE_MOVED -> "source moved";
      case Records.LIMITED -> "limits kept";
      case Records.CONSUMER_CREATED -> "consumer created";
      case Records.CONSUMER_UPDATED -> "consumer updated";
      case Records.CONSUMER_DELETED -> "consumer deleted";
      case Records.CONSUMER_CHANGED -> "consumer changed";
      case Records.STREAM_RESTORING -> "stream restoring";
      case Records.STREAM_RESTORED -> "stream restored";
      case Records.MESSAGES_RESTORED -> "messages restored";
      case Records.CONSUMER_RESTORED -> "consumer restored";
      case Records.SCHEDULE_MOVED -> "schedule moved";
      case Records.SCHEDULES_FOUND -> "schedules found";
      default -> null;
    };
  }
}
