// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.LogRecord;
import dev.slipstream.store.RecordType;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One stream: what is published under its subjects is checked, logged, applied and handed to its
 * consumers.
 *
 * <p>A change becomes a record; {@link #apply} makes it happen, live once the record is durable and
 * again at a restart, and reads no clock. A memory stream applies its records at once and logs
 * nothing. Owner: its loop; {@link #onMessage} and {@link #config} may be called on any.
 */
final class Stream implements Shard.Asset, MessageBus.Listener {
  final long id;
  final String name;
  final JetStreamAccount account;
  final Shard shard;
  final StreamStore store;
  final long createdEpochNanos;
  final Consumers consumers;
  final Readers readers;
  final DedupWindow dedup;
  final StreamLog log;
  final Interest interest;
  final StreamMappings mappings;
  final SubjectDeleteMarkers markers;
  final Origins origins;
  final Schedules schedules;
  final PubAcks pubAcks;
  final StreamUsage usage;
  final Purges purges;
  final LimitTrim trim;

  private final Ingest ingest;
  private final Retention retention;
  private final StreamSubjects subjects = new StreamSubjects(this);
  private final StreamSection section = new StreamSection(this);
  private volatile StreamConfig config;
  private volatile boolean closed;
  private boolean live;
  private boolean restoring;

  Stream(
      long id,
      JetStreamAccount account,
      Shard shard,
      StreamStore store,
      StreamConfig config,
      long createdEpochNanos) {
    this.id = id;
    this.account = account;
    this.shard = shard;
    this.store = store;
    this.config = config;
    this.createdEpochNanos = createdEpochNanos;
    name = config.name();
    pubAcks = new PubAcks(this);
    usage = new StreamUsage(this);
    dedup = new DedupWindow(shard.dedupBudget, () -> this.config.duplicateWindowNanos());
    log = new StreamLog(this);
    readers = new Readers(this);
    consumers = new Consumers(this);
    interest = new Interest(this);
    mappings = new StreamMappings(this);
    markers = new SubjectDeleteMarkers(this);
    origins = new Origins(this);
    mappings.configure(config);
    store.compress(config.compression() == Compression.S2);
    ingest = new Ingest(this);
    retention = new Retention(this);
    schedules = new Schedules(this, retention::purgeSubject);
    purges = new Purges(this);
    trim = new LimitTrim(this);
  }

  StreamConfig config() {
    return config;
  }

  /** Tells this stream from another that had its name: a hash of its time of creation. */
  String identity() {
    return Names.hash(Rfc3339.format(Clock.instant(createdEpochNanos)));
  }

  boolean isMemory() {
    return config.storage() == StorageType.MEMORY;
  }

  boolean isLive() {
    return live;
  }

  boolean isClosed() {
    return closed;
  }

  /** Says whether what is applied is taken from an archive: of such messages nothing follows. */
  void restoring(boolean isRestoring) {
    restoring = isRestoring;
  }

  MessageBus bus() {
    return account.bus();
  }

  Advisories advisories() {
    return account.advisories();
  }

  RandomGenerator random() {
    return shard.random;
  }

  Ingest ingest() {
    return ingest;
  }

  Retention retention() {
    return retention;
  }

  /**
   * Begins to live: timers run, and publishes are heard.
   *
   * @param inPlace called once the stream hears every publish
   */
  void start(Runnable inPlace) {
    live = true;
    usage.start();
    ingest.start();
    retention.arm();
    schedules.start();
    readers.start();
    interest.start();
    trim.start();
    origins.configure(config);
    subjects.hear(config.subjects(), inPlace);
  }

  @Override
  public boolean onMessage(MessageFrame message) {
    if (closed) {
      return false;
    }
    if (shard.loop.inLoop()) {
      ingest.publish(message);
      return true;
    }
    MessageFrame copy = message.copy();
    return shard.loop.offer(() -> ingest.publish(copy));
  }

  @Override
  public void apply(LogRecord record, @Nullable Object attachment) {
    if (attachment == StreamLog.APPLIED) {
      return;
    }
    if (record.type == RecordType.MESSAGE) {
      applyMessage(record.message, attachment);
      return;
    }
    applyChange(record, attachment);
    usage.settle();
    if (attachment instanceof Runnable then) {
      then.run();
    }
  }

  private void applyChange(LogRecord record, @Nullable Object attachment) {
    RecordReader in = new RecordReader(record.bytes, record.from, record.to);
    switch (record.type) {
      case Records.STREAM_UPDATED -> applyUpdate(in);
      case Records.LIMITED -> trim.apply(in);
      case Records.MESSAGE_DELETED -> removeMessage(in.readLong());
      case Records.PURGED -> retention.applyPurge(in, attachment);
      case Records.EXPIRED -> retention.applyExpired(in.readLong());
      case Records.MESSAGES_EXPIRED -> retention.applyMessagesExpired(in);
      case Records.MESSAGES_DONE -> interest.applyDone(in);
      case Records.MESSAGE_SKIPPED -> applySkipped(in, attachment);
      case Records.SOURCE_MOVED -> origins.applyMoved(in);
      case Records.MESSAGES_RESTORED -> applyRestored(in);
      case Records.SCHEDULE_MOVED -> schedules.applyMoved(in);
      case Records.SCHEDULES_FOUND -> schedules.applyFound(in);
      case Records.CONSUMER_CREATED,
          Records.CONSUMER_RESTORED,
          Records.CONSUMER_UPDATED,
          Records.CONSUMER_DELETED,
          Records.CONSUMER_CHANGED ->
          consumers.apply(record.type, in);
      default -> throw new IllegalStateException("unknown record " + record.type + " of a stream");
    }
    if (Records.isRemoval(record.type)) {
      ingest.removed();
    }
  }

  private void applyMessage(StoredMessage message, @Nullable Object waiting) {
    long seq = message.seq;
    if (seq <= store.lastSeq()) {
      return; // a checkpoint had it already
    }
    long messages = store.messages();
    long bytes = store.bytes();
    long previous = live && mappings.republishes() ? lastOfSubject(message) : 0;
    store.append(message);
    int subjectId = store.subjectId(seq);
    origins.applied(message);
    schedules.applied(message, subjectId);
    if (restoring) {
      retention.enforce(subjectId, messages, bytes);
      return;
    }
    byte[] id = Intake.messageId(message.bytes, message.headersFrom, message.payloadFrom);
    remember(id, seq, message.epochNanos);
    readers.onAppended(seq, subjectId);
    if (message.hasHeaders() && config.allowRollupHdrs()) {
      retention.rollUp(message, subjectId);
      schedules.end(message);
    }
    retention.enforce(subjectId, messages, bytes);
    if (live) {
      if (store.has(seq)) {
        interest.stored(seq, subjectId);
      }
      usage.applied(message);
      usage.settle();
      ingest.applied(message.contentBytes());
      retention.arm();
      mappings.republish(message, previous);
      pubAcks.applied(waiting, message);
    }
  }

  private long lastOfSubject(StoredMessage message) {
    int id = store.subjects().idOf(message.bytes, message.subjectFrom, message.subjectTo);
    return id < 0 ? 0 : store.subjects().last(id);
  }

  /** A message that nobody was interested in has a sequence, and no place in the stream. */
  private void applySkipped(RecordReader in, @Nullable Object waiting) {
    long seq = in.readLong();
    long epochNanos = in.readLong();
    byte[] id = in.readBytes();
    if (seq <= store.lastSeq()) {
      return; // a checkpoint had it already
    }
    store.advance(seq, epochNanos);
    remember(id, seq, epochNanos);
    if (live) {
      ingest.applied(0);
      pubAcks.stored(waiting, seq);
    }
  }

  /** All messages of an archive are there; behind the last of them some may have been removed. */
  private void applyRestored(RecordReader in) {
    long seq = in.readLong();
    long epochNanos = in.readLong();
    if (seq > store.lastSeq()) {
      store.advance(seq, Math.max(epochNanos, store.lastEpochNanos()));
    }
    restoring = false;
  }

  private void remember(byte[] id, long seq, long epochNanos) {
    ingest.lastMessageId(id);
    if (id.length > 0 && config.duplicateWindowNanos() > 0) {
      // as at the publish: an id that is used again behind its window begins a new one
      dedup.forgetOld(epochNanos);
      dedup.add(id, 0, id.length, seq, epochNanos);
    }
  }

  /** Sends a message of headers alone whose subject is where it goes. */
  void send(byte[] to, byte[] headers) {
    send(to, headers, OutputBuffer.NO_BYTES);
  }

  /** Sends a message whose subject is where it goes. */
  void send(byte[] to, byte[] headers, byte[] payload) {
    bus().send(to, new MessageFrame().set(to, headers, payload), null);
  }

  void send(byte[] to, byte[] reply, byte[] headers, byte[] payload) {
    bus().send(to, new MessageFrame().set(to, reply, headers, payload), null);
  }

  /** Removes one message; false when it was not there. */
  boolean removeMessage(long seq) {
    if (!store.has(seq)) {
      return false;
    }
    // before, since the last message of a subject takes the subject's name along
    readers.onRemoved(seq, store.subjectId(seq));
    store.remove(seq);
    return true;
  }

  /** Removes everything up to a sequence; answers how many messages that were. */
  long removeThrough(long seq) {
    readers.beforeLeaving(seq);
    long removed = store.removeThrough(seq);
    readers.onPurgedThrough(seq);
    return removed;
  }

  /** Removes everything up to a sequence because of its age: nobody's place in the stream moves. */
  void expireThrough(long seq) {
    readers.beforeLeaving(seq);
    store.removeThrough(seq);
    readers.onExpiredThrough(seq);
  }

  private void applyUpdate(RecordReader in) {
    StreamConfig updated = readConfig(in.readBytes());
    StreamConfig before = config;
    config = updated;
    account.changed(before, updated);
    mappings.configure(updated);
    store.compress(updated.compression() == Compression.S2);
    schedules.configured(before.allowMsgSchedules());
    if (live) {
      trim.limitsChanged(before);
      if (updated.retention() != before.retention()) {
        interest.changed();
      }
      origins.configure(updated);
      ingest.batches().configure(updated);
      retention.stop(); // the maximum age may be another one
      retention.arm();
      if (!updated.subjects().equals(before.subjects())) {
        subjects.hear(updated.subjects(), () -> {});
      }
    }
  }

  static StreamConfig readConfig(byte[] json) {
    return StreamConfig.read(JsonReader.of(json, 0, json.length));
  }

  static byte[] writeConfig(StreamConfig config) {
    JsonWriter json = new JsonWriter();
    config.write(json);
    return json.toBytes();
  }

  @Override
  public java.util.function.Consumer<OutputBuffer> writeSnapshot(OutputBuffer out) {
    return section.write(out);
  }

  /** Reads the part of a snapshot behind the configuration. */
  void readSnapshot(RecordReader in) {
    section.read(in);
  }

  @Override
  public void logFailed(StoreException cause) {
    consumers.logFailed();
    usage.logFailed();
    ingest.logFailed(cause);
  }

  @Override
  public void publishDropped(byte[] reply, StoreException cause) {
    ingest.refuseDropped(reply, cause);
  }

  /** Ends it: publishes are not heard any more, open requests of its consumers are told. */
  void close() {
    fallSilent();
    origins.close();
    readers.close();
    consumers.close();
    usage.close();
  }

  /** Tells open requests that the server goes away. */
  void shutDown() {
    fallSilent();
    origins.close();
    readers.shutDown();
  }

  private void fallSilent() {
    closed = true;
    subjects.fallSilent();
    retention.stop();
    trim.close();
    purges.close();
    ingest.batches().close();
    schedules.stop();
  }
}
