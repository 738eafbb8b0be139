// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One consumer: its place in the stream, who takes its messages, and the timer that wakes it.
 *
 * <p>Those who take them are its {@link DeliveryTarget}; delivery is in {@link ConsumerDelivery},
 * acknowledgement and redelivery in {@link ConsumerAcks}, what must be remembered in {@link
 * ConsumerState}. Owner: the stream's loop. Source: ADR-13, ADR-15, ADR-37.
 */
final class Consumer implements Shard.Ready {
  final Stream stream;
  final int id;
  final String name;
  final long createdEpochNanos;
  final ConsumerState state;
  final ConsumerAcks acks;
  final ConsumerDelivery delivery;
  private final PauseEnd pauseEnd;
  final byte[] ackPrefix;
  final @Nullable LastPerSubject lastPerSubject;

  /** Messages that match the filter and were not delivered yet. */
  final PendingCount unseen;

  private volatile ConsumerConfig config;
  private byte @Nullable [] configJson; // once a checkpoint has asked
  private FilterMatch filter;
  private DeliveryTarget target;

  private long idleLimitNanos;

  private EventLoop.@Nullable Timer timer;
  private long timerAtNanos;
  private boolean queued;
  private boolean changesQueued;
  private volatile boolean closed;
  long lastDeliveredEpochNanos;
  long lastAckedEpochNanos;

  /**
   * A consumer that does not live yet.
   *
   * @param given who takes its messages; null for those whom its configuration says
   */
  Consumer(
      Stream stream,
      int id,
      String name,
      ConsumerConfig config,
      long createdEpochNanos,
      ConsumerState state,
      @Nullable LastPerSubject lastPerSubject,
      @Nullable DeliveryTarget given) {
    this.stream = stream;
    this.id = id;
    this.name = name;
    this.config = config;
    this.createdEpochNanos = createdEpochNanos;
    this.state = state;
    this.lastPerSubject = lastPerSubject;
    filter = new FilterMatch(config.filters(), stream.store.subjects());
    ackPrefix = Subject.bytes("$JS.ACK." + stream.name + "." + name + ".");
    acks = new ConsumerAcks(this);
    delivery = new ConsumerDelivery(this);
    pauseEnd = new PauseEnd(this);
    target = given == null ? targetFor(config) : given;
    unseen = new PendingCount(this);
    if (stream.isLive()) { // otherwise it is counted when the stream begins to be
      unseen.recount();
    }
  }

  /** A consumer without a name, which hands its messages to another stream. */
  static Consumer hidden(
      Stream stream, ConsumerConfig config, ConsumerState state, DeliveryTarget target) {
    long now = stream.shard.clock.epochNanos();
    return new Consumer(stream, 0, "", config, now, state, null, target);
  }

  boolean isHidden() {
    return name.isEmpty();
  }

  private DeliveryTarget targetFor(ConsumerConfig config) {
    return config.deliverSubject().isEmpty()
        ? new PullRequests(this, config)
        : new PushTarget(this, config);
  }

  /** Begins to live: its time of idleness and its ack waits run from now on. */
  void start() {
    target.start();
    delivery.start();
    setIdleLimit();
    pauseEnd.begin();
    acks.start();
    arm();
    if (target.isOpen()) {
      wake();
    }
  }

  Clock clock() {
    return stream.shard.clock;
  }

  ConsumerConfig config() {
    return config;
  }

  FilterMatch filter() {
    return filter;
  }

  DeliveryTarget target() {
    return target;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether acknowledgements mean anything here; may be asked on any loop. */
  boolean takesAcks() {
    AckPolicy policy = config.ackPolicy();
    return !closed && policy != AckPolicy.NONE && policy != AckPolicy.FLOW_CONTROL;
  }

  boolean isPaused() {
    Instant until = config.pauseUntil();
    return until != null && clock().epochNanos() < Clock.epochNanos(until);
  }

  /** Whether new messages must wait for acknowledgements. */
  boolean atMaxAckPending() {
    return config.ackPolicy() != AckPolicy.NONE
        && config.maxAckPending() > 0
        && state.pending.size() >= config.maxAckPending();
  }

  long numPending() {
    return unseen.get();
  }

  void addNumPending(long change) {
    unseen.add(change);
  }

  /** Whether a message, if it matches, is one that will be delivered for the first time. */
  boolean owes(long seq) {
    LastPerSubject list = lastPerSubject;
    return list == null || list.remaining() == 0
        ? seq >= state.nextStreamSeq()
        : seq >= list.resumeSeq() || list.owes(seq);
  }

  /** Whether it has not done with a message of a subject. */
  boolean needs(long seq, int subjectId) {
    return filter.test(subjectId) && (owes(seq) || state.unsettled.contains(seq));
  }

  /** Applies changes of its state again. */
  void replay(RecordReader in) {
    state.replay(in.array(), in.position(), in.end());
    LastPerSubject list = lastPerSubject;
    if (list != null) {
      list.takenThrough(state.deliveredStreamSeq());
      if (list.remaining() == 0) {
        state.skipTo(list.resumeSeq());
      }
    }
  }

  /** The config as records and checkpoints have it. */
  byte[] configJson() {
    byte[] json = configJson;
    if (json == null) {
      json = Consumers.write(config);
      configJson = json;
    }
    return json;
  }

  /** The config changed; what depends on it changes with it. */
  void update(ConsumerConfig changed) {
    boolean filtersChanged = !changed.filters().equals(config.filters());
    boolean targetChanged = isOtherTarget(config, changed);
    boolean subjectChanged = !changed.deliverSubject().equals(config.deliverSubject());
    boolean pauseChanged = !Objects.equals(changed.pauseUntil(), config.pauseUntil());
    config = changed;
    configJson = null;
    if (filtersChanged) {
      filter = new FilterMatch(changed.filters(), stream.store.subjects());
      if (stream.isLive()) {
        unseen.recount();
        stream.interest.changed();
      }
    }
    if (targetChanged) {
      target.close(OutputBuffer.NO_BYTES);
      target = targetFor(changed);
      if (stream.isLive()) {
        target.start();
      }
    }
    if (subjectChanged) {
      acks.redeliverPending();
    }
    setIdleLimit();
    if (pauseChanged && stream.isLive()) {
      pauseEnd.begin();
      stream.advisories().paused(this);
    }
    acks.start();
    wake();
  }

  private static boolean isOtherTarget(ConsumerConfig before, ConsumerConfig after) {
    return !after.deliverSubject().equals(before.deliverSubject())
        || !after.deliverGroup().equals(before.deliverGroup())
        || after.rateLimitBps() != before.rateLimitBps();
  }

  /** Delivery begins anew with {@code streamSeq}. */
  void reset(long streamSeq) {
    state.reset(streamSeq);
    acks.reset();
    lastDeliveredEpochNanos = 0;
    lastAckedEpochNanos = 0;
    unseen.recount();
    stateChanged();
    wake();
  }

  /** A pull request came; {@code body} as on the wire. */
  void onPull(byte[] reply, byte[] body, int from, int to) {
    if (target instanceof PullRequests requests) {
      requests.onPull(reply, body, from, to);
    } else {
      send(reply, PullStatus.conflict("Consumer is push based"));
    }
  }

  /**
   * A receiver answered a flow control request.
   *
   * @param last what it says it got last; sequences of 0 when it does not
   */
  void onFlowControl(String subject, Ack last) {
    if (!closed
        && target instanceof PushTarget push
        && push.onFlowControl(subject)
        && config.ackPolicy() == AckPolicy.FLOW_CONTROL) {
      acks.onFlowControl(last);
    }
  }

  /** Has the consumer look for something to deliver at the end of this turn. */
  void wake() {
    if (!queued && !closed && stream.isLive()) {
      queued = true;
      stream.shard.atTurnEnd(this);
    }
  }

  @Override
  public void run() {
    queued = false;
    if (!closed) {
      delivery.run();
    }
  }

  /** Remembers that the state has changes which the log should get soon. */
  void stateChanged() {
    if (!changesQueued && stream.isLive() && state.hasChanges()) {
      changesQueued = true;
      stream.shard.lazily(this::logChanges);
    }
  }

  /** Appends the changes of the state to the log now; nobody waits for them. */
  void logChanges() {
    changesQueued = false;
    stream.interest.flush();
    if (!closed && state.hasChanges()) {
      stream.log.recordChanges(this);
    }
  }

  void send(byte[] to, byte[] headers) {
    stream.send(to, headers);
  }

  /** The status that says how far delivery has come to who has not got a message for a while. */
  byte[] idleHeartbeat(String stalledSubject) {
    return PullStatus.idleHeartbeat(
        state.nextConsumerSeq() - 1, Math.max(0, state.nextStreamSeq() - 1), stalledSubject);
  }

  /** Arms the one timer for the earliest of all that the consumer waits for. */
  void arm() {
    if (closed || !stream.isLive()) {
      return;
    }
    long now = clock().nanos();
    long earliest = Math.min(target.dueInNanos(now), acks.dueInNanos());
    earliest = Math.min(earliest, delivery.dueInNanos(now));
    if (idleLimitNanos > 0) {
      earliest = Math.min(earliest, target.idleSinceNanos(now) + idleLimitNanos - now);
    }
    Instant pausedUntil = config.pauseUntil();
    if (pausedUntil != null && isPaused()) {
      earliest = Math.min(earliest, Clock.epochNanos(pausedUntil) - clock().epochNanos());
    }
    if (earliest != Long.MAX_VALUE) {
      armIn(Math.max(0, earliest));
    }
  }

  /** Has the timer fire within {@code nanos}; one that fires earlier stays. */
  void armIn(long nanos) {
    long at = clock().nanos() + nanos;
    EventLoop.Timer armed = timer;
    if (armed != null) {
      if (timerAtNanos - at <= 0) {
        return;
      }
      armed.cancel();
    }
    timerAtNanos = at;
    timer = stream.shard.loop.schedule(nanos, this::onTimer);
  }

  private void onTimer() {
    timer = null;
    if (closed) {
      return;
    }
    pauseEnd.look();
    acks.checkPending();
    // what ends a pull in time, or sends it a heartbeat, also ends those that do not wait
    boolean ends = !atMaxAckPending() || target.dueInNanos(clock().nanos()) <= 0;
    target.look(ends && !delivery.isHeldUp());
    if (idleLimitNanos > 0 && isIdleTooLong()) {
      stream.consumers.expire(this);
      return;
    }
    wake();
    arm();
  }

  private boolean isIdleTooLong() {
    long now = clock().nanos();
    return now - target.idleSinceNanos(now) >= idleLimitNanos
        && !acks.mayStillBeWorkedOn(idleLimitNanos);
  }

  private void setIdleLimit() {
    long threshold = config.inactiveThresholdNanos();
    long jitter = 100_000_000L + stream.random().nextLong(900_000_000L);
    idleLimitNanos = threshold > 0 ? threshold + jitter : 0;
  }

  /** Ends it: open requests are told, nothing is delivered or logged any more. */
  void close(byte[] farewell) {
    closed = true;
    EventLoop.Timer armed = timer;
    if (armed != null) {
      armed.cancel();
    }
    target.close(farewell);
    unseen.close();
  }

  /** Tells open requests that the server goes away. */
  void shutDown() {
    target.shutDown();
  }
}
