// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.LostMessages;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.protocol.api.StreamState;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.store.StreamStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a stream is shown in answers. Called on the stream's loop. */
final class StreamView {
  private StreamView() {}

  /** Writes the fields of a StreamInfo into the open object. */
  static void writeInfo(JsonWriter json, Stream stream, boolean dynamicMetadata, boolean leader) {
    writeInfo(json, stream, dynamicMetadata, leader, stream.account.domain(), null, null);
  }

  /** Writes what STREAM.CREATE answers, which leaves out the domain. */
  static void writeCreated(JsonWriter json, Stream stream) {
    writeInfo(json, stream, true, false, "", null, null);
    json.field("did_create", true);
  }

  /** Writes what STREAM.INFO answers: paging first, then the StreamInfo. */
  static void writeDetailedInfo(
      JsonWriter json, Stream stream, StreamInfoRequest asked, StreamDetails details) {
    int total = details.total();
    json.field("total", (long) total);
    json.field("offset", total == 0 ? 0L : Math.max(0, asked.offset()));
    json.field("limit", total == 0 ? 0L : StreamDetails.SUBJECTS_LIMIT);
    String domain = stream.account.domain();
    writeInfo(json, stream, true, true, domain, details.subjectsJson(), details.deletedJson());
  }

  private static void writeInfo(
      JsonWriter json,
      Stream stream,
      boolean dynamicMetadata,
      boolean leader,
      String domain,
      @Nullable JsonWriter subjects,
      @Nullable JsonWriter deleted) {
    EngineOptions options = stream.account.options();
    StreamConfig config = stream.config();
    (dynamicMetadata ? StampedMetadata.shown(config, options) : config).write(json.name("config"));
    json.timeField("created", Clock.instant(stream.createdEpochNanos));
    state(stream).write(json.name("state"), subjects, deleted);
    json.fieldIf("domain", domain);
    if (leader) {
      json.name("cluster").object().field("leader", options.serverName()).end();
    }
    stream.origins.writeInfo(json);
    json.timeField("ts", Clock.instant(stream.shard.clock.epochNanos()));
  }

  /** What a stream holds, without the subjects and the gaps one by one. */
  static StreamState state(Stream stream) {
    StreamStore store = stream.store;
    return new StreamState(
        store.messages(),
        store.bytes(),
        store.firstSeq(),
        time(store.messages() == 0 ? 0 : store.firstEpochNanos()),
        store.lastSeq(),
        time(store.lastEpochNanos()),
        store.subjects().size(),
        Map.of(),
        (int) store.deletedCount(),
        List.of(),
        lost(store),
        stream.consumers.shownSize());
  }

  private static @Nullable LostMessages lost(StreamStore store) {
    if (store.damaged().messages() == 0) {
      return null;
    }
    return new LostMessages(
        Arrays.stream(store.damaged().seqs()).boxed().toList(), store.damaged().bytes());
  }

  private static Instant time(long epochNanos) {
    return epochNanos == 0 ? Rfc3339.ZERO : Clock.instant(epochNanos);
  }
}
