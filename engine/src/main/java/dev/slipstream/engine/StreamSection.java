// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint has of a stream beside its messages: configuration, consumers, origins,
 * schedules and message ids. Owner: the stream's loop. Source: docs/data-format.md, "checkpoints".
 */
final class StreamSection {
  private final Stream stream;
  private @Nullable StreamConfig written;
  private byte[] json = OutputBuffer.NO_BYTES; // of the configuration that was written last

  StreamSection(Stream stream) {
    this.stream = stream;
  }

  /** Appends what is small; answers what appends the rest, on another thread. */
  Consumer<OutputBuffer> write(OutputBuffer out) {
    RecordReader.putText(out, stream.account.name());
    out.putLong(stream.createdEpochNanos);
    RecordReader.putBytes(out, configJson());
    RecordReader.putBytes(out, stream.ingest().lastMessageId());
    stream.consumers.writeSnapshot(out);
    stream.origins.writeSnapshot(out);
    Consumer<OutputBuffer> allSchedules = stream.schedules.snapshot(out);
    List<DedupWindow.Entry> entries = stream.dedup.entries();
    long applied = stream.store.lastSeq();
    return allSchedules.andThen(rest -> writeMessageIds(rest, entries, applied));
  }

  private byte[] configJson() {
    StreamConfig config = stream.config();
    if (config != written) {
      json = Stream.writeConfig(config);
      written = config;
    }
    return json;
  }

  private static void writeMessageIds(
      OutputBuffer out, List<DedupWindow.Entry> entries, long applied) {
    for (DedupWindow.Entry entry : entries) {
      if (entry.seq() <= applied) {
        out.putLong(entry.seq()).putLong(entry.epochNanos());
        RecordReader.putBytes(out, entry.id());
      }
    }
  }

  /** Reads the part behind the configuration. */
  void read(RecordReader in) {
    stream.ingest().lastMessageId(in.readBytes());
    stream.consumers.readSnapshot(in);
    stream.origins.readSnapshot(in);
    stream.schedules.readSnapshot(in);
    stream.schedules.readSchedules(in);
    while (in.hasMore()) {
      long seq = in.readLong();
      long epochNanos = in.readLong();
      byte[] messageId = in.readBytes();
      stream.dedup.add(messageId, 0, messageId.length, seq, epochNanos);
    }
  }
}
