// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.MessageCodec;
import dev.slipstream.store.StoreException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a publish, in the order of the public server; what passes becomes a record.
 *
 * <p>An answer that rests on the {@link Overlay} waits until what it rests on is durable. A check
 * that the overlay cannot decide holds the publish, and all behind it, until nothing is under way.
 * Bounded: {@link IngestLimits}, then publishes are refused. Owner: the stream's loop. Source:
 * ADR-8, ADR-20.
 */
final class Ingest {
  private final Stream stream;
  private final Overlay overlay;
  private final IngestHeaders headerRules;
  private final IngestLimits limits;
  private final Counters counters;
  private final Intake intake;
  private final TakeOver takeOver;
  private final BatchPublishes batches;
  private final HeldPublishes.Room heldRoom = new HeldPublishes.Room();
  private final HeldPublishes held = new HeldPublishes(heldRoom);

  /** What waits until nothing is under way, and publishes wait behind it. */
  private @Nullable Runnable settling;

  /** How many records are under way that take messages away because somebody asked for it. */
  private int removals;

  private byte[] lastMessageId = OutputBuffer.NO_BYTES;

  Ingest(Stream stream) {
    this.stream = stream;
    overlay = new Overlay(stream.store);
    headerRules = new IngestHeaders(stream, overlay);
    limits = new IngestLimits(stream, overlay);
    counters = new Counters(stream, overlay);
    intake = new Intake(stream, overlay);
    takeOver = new TakeOver(stream, this, overlay, headerRules, limits);
    batches = new BatchPublishes(stream, this, limits, this::newChecks);
  }

  /** Takes over where the applied state ends. */
  void start() {
    overlay.reset(lastMessageId);
  }

  /** The id of the last message that was applied; empty when it had none. */
  byte[] lastMessageId() {
    return lastMessageId;
  }

  void lastMessageId(byte[] id) {
    lastMessageId = id;
  }

  /** A message was published under one of the stream's subjects. */
  void publish(MessageFrame message) {
    if (stream.isClosed()) {
      return;
    }
    if (!held.isEmpty() || settling != null) {
      hold(message);
      return;
    }
    check(message);
  }

  private void check(MessageFrame published) {
    StreamConfig config = stream.config();
    byte[] headers = IngestHeaders.stored(published);
    if (batches.isPartOfOne(published, headers)) {
      takeBatched(published, headers);
      return;
    }
    MessageFrame message = stream.mappings.mapped(published);
    byte[] reply = message.hasReply() && !config.noAck() ? message.copyReply() : null;
    int ttlSeconds = headers.length == 0 ? MessageCodec.NO_TTL : headerRules.ttlSeconds(headers);
    ApiError refusal = limits.refusalBySize(config, message, headers);
    if (refusal == null && !canBeChecked(config, headers)) {
      hold(published);
      return;
    }
    if (refusal == null && headers.length > 0) {
      refusal = headerRules.refusal(message, headers, ttlSeconds);
      if (refusal == null && isDuplicate(headers, reply)) {
        return;
      }
      if (refusal == null) {
        refusal = refusalBehindDuplicates(headers);
      }
    }
    Counters.Counted counted = null;
    if (refusal == null && config.allowMsgCounter()) {
      counted = counters.count(message, headers);
      if (counted.missingSeq() > 0) {
        holdUntilLoaded(published, counted.missingSeq());
        return;
      }
      refusal = counted.refusal();
      message = counted.message() == null ? message : counted.message();
      headers = message.copyHeaders();
      refusal = refusal == null ? limits.refusalBySize(config, message, headers) : refusal;
    }
    MessageFrame stored =
        refusal == null ? stream.schedules.rules.stored(message, headers) : message;
    if (stored != message) {
      message = stored;
      headers = message.copyHeaders();
      refusal = limits.refusalBySize(config, message, headers);
    }
    ApiError full = refusal == null ? limits.refusalByUsage(message, headers, ttlSeconds) : null;
    if (refusal == null && full == null && config.discard() == DiscardPolicy.NEW) {
      full = limits.refusalByLimits(config, message, headers);
    }
    if (full != null && !overlay.isEmpty()) {
      hold(published);
      return;
    }
    refusal = refusal == null ? full : refusal;
    if (refusal != null) {
      refuse(reply, refusal);
      return;
    }
    long now = stream.shard.clock.epochNanos();
    if (intake.take(message, headers, ttlSeconds, now, reply) && counted != null) {
      counters.accepted(message, counted.counter());
    }
  }

  private void takeBatched(MessageFrame published, byte[] headers) {
    BatchChecks.Wait wait = batches.take(published, headers);
    if (wait.missingSeq() > 0) {
      holdUntilLoaded(published, wait.missingSeq());
    } else if (wait.forWhatIsUnderWay()) {
      hold(published);
    }
  }

  private BatchChecks newChecks() {
    return new BatchChecks(stream, this, overlay, headerRules, limits, counters);
  }

  private @Nullable ApiError refusalBehindDuplicates(byte[] headers) {
    ApiError refusal = refusalByLastId(headers);
    return refusal == null ? headerRules.refusalOfRollup(stream.config(), headers) : refusal;
  }

  /** Whether what the checks ask of the stream can be answered while records are under way. */
  boolean canBeChecked(StreamConfig config, byte[] headers) {
    if (removals > 0 && looksAtMessages(config, headers)
        || !isSettled() && ScheduleRules.needsSettled(headers)) {
      return false;
    }
    return !needsSubjects(headers) || overlay.tryNoteSubjects();
  }

  /** Whether the checks ask what the stream holds, or held last under a subject. */
  private boolean looksAtMessages(StreamConfig config, byte[] headers) {
    return config.allowMsgCounter()
        || config.discard() == DiscardPolicy.NEW
        || needsSubjects(headers);
  }

  private boolean needsSubjects(byte[] headers) {
    return stream.markers.isOn() || headers.length > 0 && headerRules.needsSubjects(headers);
  }

  /** The last sequence under a subject, also of messages that are under way; 0 without one. */
  long lastOf(String subject) {
    return overlay.lastOf(subject);
  }

  /** Takes a message of the stream itself; false when it is not stored. */
  boolean publishOwn(MessageFrame message, byte[] headers, int ttlSeconds) {
    return intake.take(message, headers, ttlSeconds, stream.shard.clock.epochNanos(), null);
  }

  /** Runs {@code task} when nothing is under way; what is published until then waits behind it. */
  void whenSettled(Runnable task) {
    if (isSettled()) {
      task.run();
    } else {
      settling = task;
    }
  }

  /** Whether nothing is under way. */
  boolean isSettled() {
    return overlay.isEmpty() && removals == 0;
  }

  /** Whether something is in the log that is not applied yet. */
  boolean hasUnderWay() {
    return !overlay.isEmpty();
  }

  Intake intake() {
    return intake;
  }

  TakeOver takeOver() {
    return takeOver;
  }

  Counters counters() {
    return counters;
  }

  BatchPublishes batches() {
    return batches;
  }

  HeldPublishes.Room heldRoom() {
    return heldRoom;
  }

  /**
   * A message of the stream was applied.
   *
   * @param size bytes of subject, headers and payload
   */
  void applied(int size) {
    overlay.applied(size);
    if (overlay.isEmpty() && (settling != null || !held.isEmpty())) {
      stream.shard.atTurnEnd(this::goOn);
    }
  }

  /** The applied state moved otherwise than by a message (a purge). */
  void moved() {
    if (overlay.isEmpty()) {
      overlay.reset(lastMessageId);
    }
  }

  /** A record is in the log that takes messages away; {@link #removed} tells that it is applied. */
  void removing() {
    removals++;
  }

  void removed() {
    removals = Math.max(0, removals - 1);
    if (isSettled() && (settling != null || !held.isEmpty())) {
      stream.shard.atTurnEnd(this::goOn);
    }
  }

  /** Nothing under way will ever be durable. */
  void logFailed(StoreException cause) {
    removals = 0;
    counters.logFailed();
    settling = null;
    overlay.reset(lastMessageId);
    goOn();
  }

  /** A publish that was under way when the log failed is told so. */
  void refuseDropped(byte[] reply, StoreException cause) {
    refuse(reply, ApiErrors.STREAM_STORE_FAILED.of(String.valueOf(cause.getMessage())));
  }

  /** A purge is in the log that moves the last sequence; what is published from now on follows. */
  void advance(long lastSeq) {
    overlay.advance(lastSeq);
  }

  long lastSeq() {
    return overlay.lastSeq();
  }

  private void hold(MessageFrame message) {
    if (!held.hold(message)) {
      refuse(message.copyReply(), ApiErrors.STREAM_TOO_MANY_REQUESTS.of());
    }
  }

  /** Holds a publish, and all behind it, until a message of the stream is in memory. */
  private void holdUntilLoaded(MessageFrame message, long missingSeq) {
    hold(message);
    stream.store.load(missingSeq, () -> stream.shard.atTurnEnd(this::goOn));
  }

  private void goOn() {
    Runnable task = settling;
    if (task != null && !isSettled()) {
      return; // it is tried again when they are applied
    }
    if (task != null) {
      settling = null;
      task.run();
    }
    held.goOn(this::check);
  }

  /** What is known of a message with the same id in the duplicate window, or null. */
  DedupWindow.@Nullable Entry knownAs(byte[] headers) {
    long range = HeaderBlock.find(headers, 0, headers.length, IngestHeaders.MSG_ID);
    if (range < 0 || stream.config().duplicateWindowNanos() == 0) {
      return null;
    }
    stream.dedup.forgetOld(stream.shard.clock.epochNanos());
    int start = (int) (range >>> 32);
    return start == (int) range ? null : stream.dedup.find(headers, start, (int) range);
  }

  private boolean isDuplicate(byte[] headers, byte @Nullable [] reply) {
    DedupWindow.Entry known = knownAs(headers);
    if (known == null) {
      return false;
    }
    if (reply != null) {
      afterWhatIsUnderWay(reply, () -> stream.pubAcks.duplicate(reply, known.seq()));
    }
    return true;
  }

  private @Nullable ApiError refusalByLastId(byte[] headers) {
    String expected = HeaderBlock.text(headers, IngestHeaders.EXPECTED_LAST_MSG_ID);
    if (expected.isEmpty()) {
      return null;
    }
    String last = new String(overlay.lastMessageId(), StandardCharsets.UTF_8);
    return expected.equals(last) ? null : ApiErrors.STREAM_WRONG_LAST_MSG_ID.of(last);
  }

  /** Tells a publisher why its message was not taken, behind what the reason rests on. */
  void refuse(byte @Nullable [] reply, ApiError refusal) {
    if (reply == null || reply.length == 0) {
      return;
    }
    byte[] answer = PubAckError.of(stream.name, refusal);
    byte[] headers =
        refusal.errCode() == ApiErrors.STREAM_TOO_MANY_REQUESTS.of().errCode()
            ? PubAckError.TOO_MANY_REQUESTS
            : OutputBuffer.NO_BYTES;
    afterWhatIsUnderWay(reply, () -> stream.send(reply, headers, answer));
  }

  /** Runs {@code answer} once what is under way now is durable; a publisher hears if it fails. */
  void afterWhatIsUnderWay(byte[] reply, Runnable answer) {
    if (overlay.isEmpty() || stream.shard.failure() != null) {
      answer.run();
    } else {
      stream.log.whenDurable(answer, () -> refuseForFailure(reply));
    }
  }

  private void refuseForFailure(byte[] reply) {
    StoreException cause = stream.shard.failure();
    if (cause != null) {
      refuseDropped(reply, cause);
    }
  }
}
