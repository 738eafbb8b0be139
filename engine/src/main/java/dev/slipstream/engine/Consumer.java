// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One pull consumer: its place in the stream, its open requests, and the timer that wakes it.
 *
 * <p>Delivery is in {@link ConsumerDelivery}, acknowledgement and redelivery in {@link
 * ConsumerAcks}, what must be remembered in {@link ConsumerState}. Owner: the stream's loop.
 * Source: ADR-13, ADR-15, ADR-37.
 */
final class Consumer implements Shard.Ready {
  private static final long FULL_QUEUE_CHECK_NANOS = 1_000_000_000L;

  final Stream stream;
  final int id;
  final String name;
  final long createdEpochNanos;
  final ConsumerState state;
  final ConsumerAcks acks;
  final ConsumerDelivery delivery;
  final byte[] ackPrefix;
  final @Nullable LastPerSubject lastPerSubject;

  private volatile ConsumerConfig config;
  private byte @Nullable [] configJson; // once a checkpoint has asked
  private FilterMatch filter;
  private WaitingPulls waiting;

  /** Messages that match the filter and were not delivered yet. */
  private long numPending;

  // monotonic
  private long lastActivityNanos;
  private long lastFullCheckNanos;
  private long idleLimitNanos;

  private EventLoop.@Nullable Timer timer;
  private long timerAtNanos;
  private boolean queued;
  private boolean changesQueued;
  private volatile boolean closed;
  long lastDeliveredEpochNanos;
  long lastAckedEpochNanos;

  Consumer(
      Stream stream,
      int id,
      String name,
      ConsumerConfig config,
      long createdEpochNanos,
      ConsumerState state,
      @Nullable LastPerSubject lastPerSubject) {
    this.stream = stream;
    this.id = id;
    this.name = name;
    this.config = config;
    this.createdEpochNanos = createdEpochNanos;
    this.state = state;
    this.lastPerSubject = lastPerSubject;
    filter = new FilterMatch(config.filters(), stream.store.subjects());
    waiting = new WaitingPulls(Math.max(1, config.maxWaiting()));
    ackPrefix = Subject.bytes("$JS.ACK." + stream.name + "." + name + ".");
    acks = new ConsumerAcks(this);
    delivery = new ConsumerDelivery(this);
    recountPending();
  }

  /** Begins to live: its time of idleness and its ack waits run from now on. */
  void start() {
    lastActivityNanos = clock().nanos();
    setIdleLimit();
    acks.start();
    arm();
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

  WaitingPulls waiting() {
    return waiting;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether acknowledgements mean anything here; may be asked on any loop. */
  boolean takesAcks() {
    return !closed && config.ackPolicy() != AckPolicy.NONE;
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
    return Math.max(0, numPending);
  }

  void addNumPending(long change) {
    numPending += change;
  }

  /** Whether a message, if it matches, is one that will be delivered for the first time. */
  boolean owes(long seq) {
    LastPerSubject list = lastPerSubject;
    return list == null || list.remaining() == 0
        ? seq >= state.nextStreamSeq()
        : seq >= list.resumeSeq() || list.owes(seq);
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

  /** Counts anew what matches and was not delivered. */
  void recountPending() {
    LastPerSubject list = lastPerSubject;
    if (list != null && list.remaining() > 0) {
      numPending = list.living(stream.store) + filter.countFrom(stream.store, list.resumeSeq());
    } else {
      numPending = filter.countFrom(stream.store, Math.max(1, state.nextStreamSeq()));
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
    config = changed;
    configJson = null;
    if (filtersChanged) {
      filter = new FilterMatch(changed.filters(), stream.store.subjects());
      recountPending();
    }
    setIdleLimit();
    acks.start();
    wake();
  }

  /** A pull request came; {@code body} as on the wire. */
  void onPull(byte[] reply, byte[] body, int from, int to) {
    PullRequest request;
    try {
      request = PullRequest.parse(body, from, to - from);
    } catch (JsonException malformed) {
      send(reply, PullStatus.badRequest(String.valueOf(malformed.getMessage())));
      return;
    }
    long now = clock().nanos();
    byte[] refusal = PullRules.refusal(config, request);
    if (refusal == null && waiting.isFull() && now - lastFullCheckNanos > FULL_QUEUE_CHECK_NANOS) {
      lastFullCheckNanos = now;
      processWaiting(false);
    }
    if (refusal == null && request.noWait()) {
      refusal = refuseNoWait(request, now);
    }
    if (refusal != null) {
      send(reply, refusal);
      return;
    }
    if (!waiting.add(new WaitingPull(reply, request, now))) {
      if (request.idleHeartbeatNanos() == 0) {
        send(reply, PullStatus.conflict("Exceeded MaxWaiting"));
      }
      return;
    }
    wake();
  }

  private byte @Nullable [] refuseNoWait(PullRequest request, long now) {
    long available = numPending() + acks.redeliveriesWaiting();
    if (available == 0 && request.expiresNanos() == 0) {
      lastActivityNanos = now;
      return PullStatus.noMessages();
    }
    if (available > 0) {
      long asked = processWaiting(false);
      if (available < asked) {
        lastActivityNanos = now;
        return PullStatus.requestsPending();
      }
    }
    return null;
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
    if (!closed && state.hasChanges()) {
      stream.log.recordChanges(this);
    }
  }

  void send(byte[] to, byte[] headers) {
    stream.send(to, headers, OutputBuffer.NO_BYTES);
  }

  /**
   * Ends requests whose time is over, that nobody listens to any more or, at the end of the stream,
   * that do not wait; sends the heartbeats that are due.
   *
   * @return how many messages the requests that stay still want
   */
  long processWaiting(boolean endOfStream) {
    long now = clock().nanos();
    long[] wanted = {0};
    waiting.retainIf(
        pull -> {
          if (pull.isExpired(now)) {
            send(pull.reply, PullStatus.timeout(pull));
            lastActivityNanos = Math.max(lastActivityNanos, pull.expiresNanos);
            return false;
          }
          if (endOfStream && pull.noWait && (pull.expiresNanos == 0 || pull.delivered > 0)) {
            send(pull.reply, PullStatus.noMessages());
            lastActivityNanos = now;
            return false;
          }
          if (!stream.bus().hasInterest(pull.reply, 0, pull.reply.length)) {
            return false;
          }
          wanted[0] += pull.remaining;
          if (pull.heartbeatAtNanos != 0 && now - pull.heartbeatAtNanos >= 0) {
            send(
                pull.reply,
                PullStatus.idleHeartbeat(
                    state.nextConsumerSeq() - 1, Math.max(0, state.nextStreamSeq() - 1)));
            pull.heartbeatAtNanos = now + pull.heartbeatNanos;
          }
          return true;
        });
    return wanted[0];
  }

  void touchActivity(long nowNanos) {
    lastActivityNanos = nowNanos;
  }

  /** Arms the one timer for the earliest of all that the consumer waits for. */
  void arm() {
    if (closed || !stream.isLive()) {
      return;
    }
    long now = clock().nanos();
    long earliest = Long.MAX_VALUE;
    if (!waiting.isEmpty()) {
      long[] first = {Long.MAX_VALUE};
      waiting.retainIf(
          pull -> {
            if (pull.expiresNanos != 0) {
              first[0] = Math.min(first[0], pull.expiresNanos - now);
            }
            if (pull.heartbeatAtNanos != 0) {
              first[0] = Math.min(first[0], pull.heartbeatAtNanos - now);
            }
            return true;
          });
      earliest = first[0];
    }
    earliest = Math.min(earliest, acks.dueInNanos());
    if (idleLimitNanos > 0) {
      earliest = Math.min(earliest, lastActivityNanos + idleLimitNanos - now);
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
    acks.checkPending();
    if (!waiting.isEmpty()) {
      processWaiting(!atMaxAckPending() && !delivery.isHeldUp());
    }
    if (idleLimitNanos > 0 && isIdleTooLong()) {
      stream.consumers.expire(this);
      return;
    }
    wake();
    arm();
  }

  private boolean isIdleTooLong() {
    long now = clock().nanos();
    if (!waiting.isEmpty()) {
      lastActivityNanos = now;
      return false;
    }
    return now - lastActivityNanos >= idleLimitNanos && !acks.mayStillBeWorkedOn(idleLimitNanos);
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
    waiting.retainIf(
        pull -> {
          send(pull.reply, farewell);
          return false;
        });
  }

  /** Tells open requests that the server goes away. */
  void shutDown() {
    waiting.retainIf(
        pull -> {
          send(pull.reply, PullStatus.serverShutdown(pull));
          return false;
        });
  }
}
