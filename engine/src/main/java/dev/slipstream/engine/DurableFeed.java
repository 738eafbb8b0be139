// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ApiSubjects;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.SourceConsumer;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of messages over subjects: a durable push consumer, which somebody made where they come
 * from, delivers them to a subject that the stream which takes listens on.
 *
 * <p>The consumer is reset to what is acknowledged, then {@link DurableDeliveries} takes what it
 * sends. When messages are missing or the consumer falls silent, it is reset again: two seconds
 * after the last time at the earliest, and ten more for each time in a row that failed, two minutes
 * at most. One that did not answer is asked again as soon as it is heard. Owner: the loop of the
 * stream that takes. Source: the public server.
 */
final class DurableFeed implements OriginFeed {
  /** The level since which a reset tells the stream's identity. */
  private static final String LEVEL = "5";

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long ANSWER_WAIT_NANOS = 5 * SECOND_NANOS;
  private static final long SILENCE_NANOS = 10 * SECOND_NANOS;
  private static final long BETWEEN_RESETS_NANOS = 2 * SECOND_NANOS;
  private static final long MORE_A_FAILURE_NANOS = 10 * SECOND_NANOS;
  private static final long MOST_MORE_NANOS = 120 * SECOND_NANOS;
  private static final long JITTER_NANOS = SECOND_NANOS / 10;

  private final Stream stream;
  private final Origin to;
  private final SourceConsumer consumer;
  private final byte[] resetSubject;
  private final DurableDeliveries deliveries;

  /** Which stream of its name a source was; empty when nothing was taken, null for a mirror. */
  private @Nullable String identity;

  private MessageBus.@Nullable Registration answer;
  private EventLoop.@Nullable Timer timer;
  private int failures;
  private boolean asked;
  private long askedAtNanos;

  /**
   * A feed that is not open yet.
   *
   * @param identity which stream of its name a source was; null for a mirror, which does not ask
   * @param lastSeq the last sequence that is durable in the stream that takes; 0 for none
   */
  DurableFeed(
      Stream stream,
      Origin to,
      StreamSource source,
      SourceConsumer consumer,
      @Nullable String identity,
      long lastSeq) {
    this.stream = stream;
    this.to = to;
    this.consumer = consumer;
    this.identity = identity;
    ExternalStream external = source.external();
    ApiSubjects api = external == null ? ApiSubjects.DEFAULT : ApiSubjects.of(external.api());
    resetSubject = Subject.bytes(api.consumerReset(source.name(), consumer.name()));
    deliveries = new DurableDeliveries(stream, this, source.name(), consumer, lastSeq);
  }

  /** Asks for messages. */
  void open() {
    reset();
  }

  private void reset() {
    letGo();
    asked = true;
    askedAtNanos = stream.shard.clock.nanos();
    byte[] inbox = Subject.bytes("_INBOX." + Names.unique(stream.random()));
    answer = stream.bus().listen(inbox, this::onAnswer, () -> ask(inbox));
    timer = stream.shard.loop.schedule(ANSWER_WAIT_NANOS, this::unanswered);
  }

  private void ask(byte[] inbox) {
    if (!asked) {
      return; // it was let go while its inbox came into place
    }
    Headers headers =
        identity == null
            ? Headers.empty()
            : Headers.of(
                IngestHeaders.REQUIRED_API_LEVEL, LEVEL, SourcingConsumers.IDENTITY, identity);
    stream.send(resetSubject, inbox, headers.toBytes(), OutputBuffer.NO_BYTES);
  }

  /** On the loop of who answers. */
  private boolean onAnswer(MessageFrame message) {
    byte[] body = message.copyPayload();
    String told = HeaderBlock.text(message.copyHeaders(), SourcingConsumers.IDENTITY_BYTES);
    return to.onLoop(() -> answered(body, told));
  }

  private void answered(byte[] body, String told) {
    if (!asked) {
      return;
    }
    letGo();
    ConsumerInfo info = null;
    ApiError refusal;
    try {
      ApiReply reply = ApiReply.parse(body);
      refusal = reply.error();
      info = refusal == null ? reply.consumerInfo() : null;
    } catch (JsonException malformed) {
      refusal =
          either(ApiErrors.MIRROR_CONSUMER_SETUP_FAILED, ApiErrors.SOURCE_CONSUMER_SETUP_FAILED)
              .of("invalid consumer create response");
    }
    if (info != null && info.config().ackPolicy() != AckPolicy.FLOW_CONTROL) {
      refusal =
          either(
                  ApiErrors.MIRROR_CONSUMER_REQUIRES_ACK_FLOW_CONTROL,
                  ApiErrors.SOURCE_CONSUMER_REQUIRES_ACK_FLOW_CONTROL)
              .of();
    }
    if (info == null || refusal != null) {
      failed(refusal);
    } else if (isAnother(told)) {
      to.recreated(this, told);
    } else {
      begin(info.delivered().streamSeq(), told);
    }
  }

  /** Whether the source is no more the stream of its name that messages were taken from. */
  private boolean isAnother(String told) {
    return identity != null && !identity.isEmpty() && !told.isEmpty() && !identity.equals(told);
  }

  private ApiErrors either(ApiErrors ofMirror, ApiErrors ofSource) {
    return identity == null ? ofMirror : ofSource;
  }

  private void begin(long deliveredSeq, String told) {
    failures = 0;
    identity = identity == null ? null : told;
    deliveries.begin(deliveredSeq);
    to.opened(this, deliveredSeq + 1, told);
    lookForSilence();
  }

  private void unanswered() {
    failed(ApiErrors.CONSUMER_NOT_FOUND.of());
    deliveries.probe();
  }

  private void failed(@Nullable ApiError reason) {
    failures++;
    if (reason != null) {
      to.failed(this, reason);
    }
    again();
  }

  /** What was sent does not fit together, or nothing is sent: begins again when that may be. */
  void again() {
    letGo();
    long more = Math.min(MOST_MORE_NANOS, failures * MORE_A_FAILURE_NANOS);
    long jitter = JITTER_NANOS + stream.random().nextLong(JITTER_NANOS);
    timer = stream.shard.loop.schedule(soonestNanos() + more + jitter, this::reset);
  }

  private long soonestNanos() {
    long since = stream.shard.clock.nanos() - askedAtNanos;
    return Math.max(0, BETWEEN_RESETS_NANOS - since);
  }

  /** Something was heard of a consumer that had not answered. */
  void probed() {
    soon();
  }

  @Override
  public void appeared() {
    if (!deliveries.hasBegun()) {
      soon();
    }
  }

  private void soon() {
    if (!asked) {
      failures = 0;
      again();
    }
  }

  private void lookForSilence() {
    long left = SILENCE_NANOS - to.silentNanos();
    if (left <= 0) {
      again();
    } else {
      timer = stream.shard.loop.schedule(left, this::lookForSilence);
    }
  }

  private void letGo() {
    asked = false;
    deliveries.stop();
    MessageBus.Registration listening = answer;
    answer = null;
    if (listening != null) {
      listening.cancel();
    }
    EventLoop.Timer pending = timer;
    timer = null;
    if (pending != null) {
      pending.cancel();
    }
  }

  void take(SourcedMessage message) {
    to.take(this, List.of(message));
  }

  /** The consumer lives. */
  void heard() {
    to.heard(this);
  }

  /** Our answers do not reach the consumer, or do again. */
  void stalled(boolean isStalled) {
    if (isStalled) {
      to.failed(this, ApiErrors.SOURCE_CONSUMER_FLOW_CONTROL_STALLED.of());
    } else {
      to.recovered(this);
    }
  }

  @Override
  public void done(long seq, long bytes) {
    deliveries.done(seq);
  }

  @Override
  public void end() {
    letGo();
  }
}
