// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.StreamSourceInfo;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams that a stream takes messages from: the one that it mirrors, or its sources, and how
 * far each source has come.
 *
 * <p>Where a source stands follows from the stream's records, those of its messages and of messages
 * that were passed over; a mirror stands where its own last sequence is. Owner: the stream's loop.
 */
final class Origins {

  /**
   * How far a source has come.
   *
   * @param firstSeq the first sequence that was taken of it
   * @param last what was taken last
   */
  record Position(long firstSeq, SourceHeader last) {}

  private final Stream stream;
  private final Map<String, Position> positions = new TreeMap<>();
  private Map<String, Origin> sources = Map.of();
  private volatile @Nullable Origin mirror;

  Origins(Stream stream) {
    this.stream = stream;
  }

  /** Takes up what the configuration says, and lets go what it says no more; live only. */
  void configure(StreamConfig config) {
    StreamSource mirrored = config.mirror();
    // before it looks for them: none comes unheard
    stream.account.takes(stream, mirrored != null || !config.sources().isEmpty());
    Origin before = mirror;
    if (mirrored == null && before != null) {
      before.end();
      mirror = null;
    } else if (mirrored != null && before == null) {
      Origin begun = new Origin(stream, mirrored, true, null);
      mirror = begun;
      begun.begin();
    }
    Map<String, Origin> old = new LinkedHashMap<>(sources);
    Map<String, Origin> present = new LinkedHashMap<>();
    for (StreamSource source : config.sources()) {
      String indexName = SourceHeader.indexName(source);
      Origin known = old.remove(indexName);
      present.put(
          indexName,
          known == null ? new Origin(stream, source, false, positions.get(indexName)) : known);
    }
    sources = present.isEmpty() ? Map.of() : present;
    sources.values().forEach(Origin::begin);
    old.values().forEach(Origin::end);
  }

  /** Whether direct gets from a stream may be answered from here. On any loop. */
  boolean answersFor(String name) {
    Origin mirrored = mirror;
    return mirrored != null && stream.config().mirrorDirect() && mirrored.isMirrorOf(name);
  }

  /** A stream came into being. On any loop. */
  void appeared(String name) {
    stream.shard.loop.offer(() -> forEach(origin -> origin.appeared(name)));
  }

  private void forEach(java.util.function.Consumer<Origin> task) {
    Origin mirrored = mirror;
    if (mirrored != null) {
      task.accept(mirrored);
    }
    sources.values().forEach(task);
  }

  /** Takes no more. */
  void close() {
    stream.account.takes(stream, false);
    forEach(Origin::close);
  }

  /** A message of the stream is applied. */
  void applied(StoredMessage message) {
    if (stream.config().sources().isEmpty()) {
      return;
    }
    String header =
        HeaderBlock.get(
            message.bytes, message.headersFrom, message.payloadFrom, SourceHeader.KEY_BYTES);
    SourceHeader position = header == null ? null : SourceHeader.parse(header);
    if (position != null) {
      move(position);
    }
  }

  private void move(SourceHeader to) {
    Position known = positions.get(to.indexName());
    long firstSeq = to.seq();
    if (known != null && known.last.identity().equals(to.identity())) {
      firstSeq = known.firstSeq;
    }
    positions.put(to.indexName(), new Position(firstSeq, to));
  }

  /** Makes the record that a source's message needs no place in the stream. */
  void recordPassedOver(SourceHeader position) {
    stream.log.record(Records.SOURCE_MOVED, out -> write(out, position), null);
  }

  /** Applies that a source's message needed no place. */
  void applyMoved(RecordReader in) {
    move(read(in));
  }

  /** The last sequence of a source of which everything is durable; 0 without one. */
  long appliedSeq(String indexName) {
    Position position = positions.get(indexName);
    return position == null ? 0 : position.last.seq();
  }

  void writeSnapshot(OutputBuffer out) {
    out.putInt(positions.size());
    positions
        .values()
        .forEach(
            position -> {
              out.putLong(position.firstSeq);
              write(out, position.last);
            });
  }

  void readSnapshot(RecordReader in) {
    for (int left = in.readInt(); left > 0; left--) {
      long firstSeq = in.readLong();
      SourceHeader last = read(in);
      positions.put(last.indexName(), new Position(firstSeq, last));
    }
  }

  private static void write(OutputBuffer out, SourceHeader position) {
    RecordReader.putText(out, position.indexName());
    out.putLong(position.seq());
    RecordReader.putText(out, position.identity());
  }

  private static SourceHeader read(RecordReader in) {
    return new SourceHeader(in.readText(), in.readLong(), in.readText());
  }

  /** Writes the fields of a StreamInfo that tell how far all have come. */
  void writeInfo(JsonWriter json) {
    Origin mirrored = mirror;
    if (mirrored != null) {
      mirrored.info().write(json.name("mirror"));
    }
    List<StreamSourceInfo> infos = sources.values().stream().map(Origin::info).toList();
    json.arrayFieldIf("sources", infos, (each, out) -> each.write(out));
  }
}
