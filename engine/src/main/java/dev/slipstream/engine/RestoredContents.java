// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamState;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.MessageCodec;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stream of the entries of an archive: each message becomes a record as it comes, consumers
 * become records when all messages are there, since only then it is known what they still wait for.
 *
 * <p>A message too old by its own limit leaves its place empty. Times that go back are moved up to
 * the time before them. Owner: the stream's loop. Source: the public server, docs/adr/0008.
 */
final class RestoredContents {
  private static final byte[] HEADERS_BEGIN = Subject.bytes("NATS/1.0");
  private static final byte[] HEADERS_END = Subject.bytes("\r\n\r\n");
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Stream stream;
  private final StreamConfig config;
  private final NewMessage message = new NewMessage();
  private final List<ArchivedConsumer> consumers = new ArrayList<>();
  private final List<ConsumerConfig> consumerConfigs = new ArrayList<>();
  private final StreamState state;
  private long lastSeq;
  private long lastEpochNanos;
  private boolean complete;

  /** The contents of a stream in which nothing is yet, behind the entry of its state. */
  RestoredContents(Stream stream, StreamState state) {
    this.stream = stream;
    this.state = state;
    config = stream.config();
    lastSeq = Math.max(0, state.firstSeq() - 1);
  }

  Stream stream() {
    return stream;
  }

  /** Whether the last entry has come. */
  boolean isComplete() {
    return complete;
  }

  /** Takes the entry that is shown. */
  void take(ArchiveReader entry) throws ArchiveException {
    if (consumers.size() < state.consumerCount()) {
      takeConsumer(entry);
    } else if (entry.seq() != 0) {
      takeMessage(entry);
    } else if (entry.isEnd()) {
      complete = true;
      recordEnd();
    } else {
      throw new ArchiveException("expected message sequence");
    }
  }

  /** Reads the first entry of an archive. */
  static StreamState readState(ArchiveReader entry) throws ArchiveException {
    if (!entry.name().equals(ArchiveWriter.STATE)) {
      throw new ArchiveException("expected state.json first");
    }
    StreamState read;
    try {
      int from = entry.headersFrom();
      read = StreamState.read(JsonReader.of(entry.array(), from, entry.payloadTo() - from));
    } catch (JsonException malformed) {
      throw new ArchiveException("error in state.json: " + malformed.getMessage());
    }
    check(read);
    return read;
  }

  private static void check(StreamState state) throws ArchiveException {
    long first = state.firstSeq();
    long last = state.lastSeq();
    if (state.consumerCount() < 0) {
      throw new ArchiveException("invalid stream state: negative consumer count");
    }
    boolean empty = state.messages() == 0;
    boolean consistent =
        first >= 0
            && last >= 0
            && last < Long.MAX_VALUE
            && (first == 0 ? last == 0 && empty : first <= last || first - 1 == last && empty);
    if (!consistent) {
      throw new ArchiveException(
          "invalid stream state: inconsistent message count or sequence range");
    }
    if (state.messages() < 0 || !empty && state.messages() > last - first + 1) {
      throw new ArchiveException("invalid stream state: message count exceeds sequence range");
    }
  }

  private void takeConsumer(ArchiveReader entry) throws ArchiveException {
    String entryName = entry.name();
    if (!entryName.startsWith(ArchiveWriter.CONSUMER)) {
      throw new ArchiveException("expected consumer, found \"" + entryName + "\"");
    }
    String name = entryName.substring(ArchiveWriter.CONSUMER.length());
    ArchivedConsumer archived;
    try {
      archived = ArchivedConsumer.read(name, entry.array(), entry.headersFrom(), entry.payloadTo());
    } catch (JsonException malformed) {
      throw new ArchiveException(
          "failed to decode consumer \"" + name + "\" state: " + malformed.getMessage());
    }
    JetStreamAccount account = stream.account;
    ConsumerConfig full =
        ConsumerDefaults.fillIn(
            archived.config(), config, account.options(), account.limits(), false);
    ApiError error = refusal(name, full);
    if (error != null) {
      throw new ArchiveException("failed to add consumer \"" + name + "\": " + text(error));
    }
    consumers.add(archived);
    consumerConfigs.add(full);
  }

  private @Nullable ApiError refusal(String name, ConsumerConfig full) {
    JetStreamAccount account = stream.account;
    if (!Names.isValid(name) || name.length() > Names.MAX_LENGTH) {
      return ApiErrors.CONSUMER_BAD_DURABLE_NAME.of();
    }
    ApiError error = ConsumerRules.check(full, config, account.options(), account.limits());
    if (error == null && config.retention() == RetentionPolicy.WORKQUEUE) {
      error = WorkQueueRules.refusal(full, consumerConfigs);
    }
    int most = config.maxConsumers();
    return error == null && most > 0 && consumers.size() >= most
        ? ApiErrors.MAXIMUM_CONSUMERS_LIMIT.of()
        : error;
  }

  /** An error as the public server shows it within another. */
  static String text(ApiError error) {
    return error.description() + " (" + error.errCode() + ")";
  }

  private void takeMessage(ArchiveReader entry) throws ArchiveException {
    long seq = entry.seq();
    int bytes = entry.payloadTo() - entry.headersFrom();
    if (config.maxMsgSize() >= 0 && bytes > config.maxMsgSize()) {
      throw new ArchiveException("message sequence " + seq + " exceeds maximum message size");
    }
    if (seq <= lastSeq) {
      throw new ArchiveException("message sequence " + seq + " out of order");
    }
    if (seq < config.firstSeq() || seq == Long.MAX_VALUE) {
      throw new ArchiveException(
          "failed to store message sequence " + seq + ": expected sequence does not match store");
    }
    byte[] array = entry.array();
    checkSubject(entry, seq);
    checkHeaders(entry, seq);
    int ttlSeconds = ttlSeconds(array, entry.headersFrom(), entry.payloadFrom());
    lastSeq = seq;
    if (isTooOld(entry.epochNanos(), ttlSeconds)) {
      return;
    }
    lastEpochNanos = Math.max(lastEpochNanos, entry.epochNanos());
    message.ttlSeconds(config.allowMsgTtl() ? ttlSeconds : MessageCodec.NO_TTL);
    message.subject(array, entry.nameFrom(), entry.headersFrom());
    message.content(array, entry.headersFrom(), entry.payloadFrom(), entry.payloadTo());
    stream.log.recordRestored(seq, lastEpochNanos, message);
  }

  private static void checkSubject(ArchiveReader entry, long seq) throws ArchiveException {
    int length = entry.headersFrom() - entry.nameFrom();
    if (length > 0xffff || !Subject.isValidLiteral(entry.name())) {
      throw new ArchiveException("message sequence " + seq + " has an invalid subject");
    }
  }

  private static void checkHeaders(ArchiveReader entry, long seq) throws ArchiveException {
    int from = entry.headersFrom();
    int to = entry.payloadFrom();
    boolean whole =
        from == to
            || to - from >= HEADERS_BEGIN.length + HEADERS_END.length
                && Subject.begins(entry.array(), from, to, HEADERS_BEGIN)
                && Subject.begins(entry.array(), to - HEADERS_END.length, to, HEADERS_END);
    if (!whole) {
      throw new ArchiveException("failed to parse message sequence " + seq + ": invalid header");
    }
  }

  private static int ttlSeconds(byte[] bytes, int from, int to) throws ArchiveException {
    int seconds = MessageTtl.seconds(bytes, from, to);
    if (seconds == MessageTtl.INVALID) {
      throw new ArchiveException("failed to parse message TTL: invalid per-message TTL");
    }
    return seconds;
  }

  private boolean isTooOld(long epochNanos, int ttlSeconds) {
    return ttlSeconds > 0
        && (stream.shard.clock.epochNanos() - epochNanos) / SECOND_NANOS >= ttlSeconds;
  }

  private void recordEnd() {
    long last = Math.max(Math.max(lastSeq, state.lastSeq()), config.firstSeq() - 1);
    long time = Math.max(lastEpochNanos, Math.max(0, Clock.epochNanos(state.lastTime())));
    stream.log.record(Records.MESSAGES_RESTORED, out -> out.putLong(last).putLong(time), null);
  }

  /** Makes everything durable; nothing of it can be seen before the catalogue says so. */
  void finish(Runnable then, Runnable otherwise) {
    stream.log.whenDurable(
        () -> {
          for (int i = 0; i < consumers.size(); i++) {
            stream.consumers.recordRestored(
                consumers.get(i), consumerConfigs.get(i), state.firstSeq());
          }
          stream.log.whenDurable(then, otherwise);
        },
        otherwise);
  }

  /** Why nothing more can be stored, or null. */
  @Nullable ApiError storeRefusal() {
    StoreException failure = stream.isMemory() ? null : stream.shard.failure();
    if (failure != null) {
      return ApiErrors.STREAM_RESTORE.of(String.valueOf(failure.getMessage()));
    }
    return !stream.isMemory() && stream.shard.isStoreFull()
        ? ApiErrors.STORAGE_RESOURCES_EXCEEDED.of()
        : null;
  }
}
