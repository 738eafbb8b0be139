// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.PersistMode;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.LogRecord;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.RecordType;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the changes of a stream go to become records: into its loop's log, which has them applied
 * once they are durable; those of a memory stream are applied at once. Owner: the stream's loop.
 */
final class StreamLog {
  /** Marks a record whose effect is there already when it becomes durable. */
  static final Object APPLIED = new Object();

  private final Stream stream;
  private final NewMessage newMessage = new NewMessage();

  /** Of a memory stream. */
  private final @Nullable MemoryRecord memory;

  StreamLog(Stream stream) {
    this.stream = stream;
    memory = stream.isMemory() ? new MemoryRecord() : null;
  }

  /** The record that is being made, which is nowhere else. */
  private static final class MemoryRecord {
    final LogRecord record = new LogRecord();
    final OutputBuffer body = new OutputBuffer(256);
  }

  /** Makes a record: {@code body} writes it, {@code attachment} goes to apply. */
  void record(byte type, Consumer<OutputBuffer> body, @Nullable Object attachment) {
    if (Records.isRemoval(type)) {
      stream.ingest().removing();
    }
    body.accept(begin(type));
    end(type, attachment);
  }

  /** Makes the record of a message that has passed the checks. */
  void recordMessage(
      long seq,
      long epochNanos,
      int ttlSeconds,
      MessageFrame message,
      byte[] headers,
      @Nullable Object waiting) {
    show(ttlSeconds, message, headers);
    boolean async = stream.config().persistMode() == PersistMode.ASYNC;
    append(seq, epochNanos, newMessage, async ? null : waiting);
    if (async) { // taken, and not yet on disk: what it was made for
      stream.pubAcks.stored(waiting, seq);
    }
  }

  /**
   * Makes the messages that {@code accept} makes records of durable together: after a crash all of
   * them are there or none. They are at least one, and nothing else comes between.
   */
  void together(Runnable accept) {
    if (stream.isMemory()) {
      accept.run();
      return;
    }
    stream.shard.log().beginTogether();
    accept.run();
    stream.shard.log().endTogether();
  }

  /** Makes the record of a message of an archive, whose times may not go back either. */
  void recordRestored(long seq, long epochNanos, NewMessage message) {
    append(seq, epochNanos, message, null);
  }

  private void append(long seq, long epochNanos, NewMessage message, @Nullable Object attachment) {
    MemoryRecord made = memory;
    if (made == null) {
      stream.shard.log().message(stream.id, seq, epochNanos, message, attachment, true);
      return;
    }
    made.record.type = RecordType.MESSAGE;
    made.record.assetId = stream.id;
    made.record.message.set(seq, epochNanos, message, made.body);
    stream.apply(made.record, attachment);
  }

  private OutputBuffer begin(byte type) {
    MemoryRecord made = memory;
    if (made == null) {
      return stream.shard.log().begin(type, stream.id);
    }
    made.body.clear();
    return made.body;
  }

  private void end(byte type, @Nullable Object attachment) {
    MemoryRecord made = memory;
    if (made == null) {
      stream.shard.log().end(attachment, true);
      return;
    }
    made.record.type = type;
    made.record.assetId = stream.id;
    made.record.bytes = made.body.toBytes(); // applying it may lead to further records
    made.record.from = 0;
    made.record.to = made.body.length();
    stream.apply(made.record, attachment);
  }

  private void show(int ttlSeconds, MessageFrame message, byte[] headers) {
    newMessage.ttlSeconds(ttlSeconds);
    newMessage.subject(message.line, message.subjectStart, message.subjectEnd);
    boolean same = headers.length == message.headersLength();
    MessageFrame shown = same ? message : message.withHeaders(headers);
    newMessage.content(shown.body, shown.headersStart, shown.payloadStart, shown.payloadEnd);
  }

  /**
   * Makes the record of a purge of a filter, empty for all subjects.
   *
   * @param from the first sequence that may match, at least 1
   * @param seq what comes before it leaves; 0 when all does
   * @param keep how many of the last are kept
   */
  void recordPurge(String filter, long from, long seq, long keep, Logged.@Nullable Count purged) {
    record(
        Records.PURGED,
        out -> {
          RecordReader.putText(out, filter);
          out.putLong(seq).putLong(keep);
          if (from > 1) {
            out.putLong(from);
          }
        },
        purged);
  }

  /** Makes the record that messages are too old; {@code then} runs when it is applied. */
  void recordExpired(List<Long> seqs, Runnable then) {
    record(
        Records.MESSAGES_EXPIRED,
        out -> {
          out.putInt(seqs.size());
          seqs.forEach(out::putLong);
        },
        then);
  }

  /** Makes the record of what a consumer has not logged yet. */
  void recordChanges(dev.slipstream.engine.Consumer consumer) {
    OutputBuffer out = stream.shard.log().begin(Records.CONSUMER_CHANGED, stream.id);
    out.putInt(consumer.id);
    consumer.state.takeChanges(out);
    stream.shard.log().end(APPLIED, true);
  }

  /** Runs {@code then} once all that the stream has logged so far is durable. */
  void whenDurable(Runnable then) {
    whenDurable(then, () -> {});
  }

  /** The same; {@code otherwise} runs when the log fails before. */
  void whenDurable(Runnable then, Runnable otherwise) {
    if (stream.isMemory()) {
      then.run();
    } else {
      stream.shard.log().whenDurable(then, otherwise);
    }
  }

  /** Runs {@code then} once the present state of a consumer, and what follows of it, is durable. */
  void whenDurable(dev.slipstream.engine.Consumer consumer, Runnable then) {
    boolean lasts = !stream.isMemory() && !consumer.config().memStorage();
    boolean leaves = stream.interest.flush();
    if (lasts) {
      consumer.logChanges();
    }
    if (leaves || lasts) {
      whenDurable(then);
    } else {
      then.run();
    }
  }
}
