// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pull requests of a consumer: those that come are refused, answered at once or wait; those
 * that wait are served in turn, sent heartbeats, and end. Owner: the stream's loop. Source: ADR-13,
 * ADR-42.
 */
final class PullRequests implements DeliveryTarget {
  private static final long FULL_QUEUE_CHECK_NANOS = 1_000_000_000L;

  private final Consumer consumer;
  private final WaitingPulls waiting;
  private final PriorityPolicy policy;
  private final PinnedClient pinned;

  // of the present run
  private long run;
  private long nowNanos;
  private @Nullable WaitingPull served;

  // monotonic
  private long lastActivityNanos;
  private long lastFullCheckNanos;

  PullRequests(Consumer consumer, ConsumerConfig config) {
    this.consumer = consumer;
    policy = config.priorityPolicy();
    boolean byPriority = policy == PriorityPolicy.PRIORITIZED;
    waiting = new WaitingPulls(Math.max(1, config.maxWaiting()), byPriority);
    pinned = new PinnedClient(consumer);
  }

  PinnedClient pinned() {
    return pinned;
  }

  @Override
  public void start() {
    lastActivityNanos = consumer.clock().nanos();
  }

  /** A request came; {@code body} as on the wire. */
  void onPull(byte[] reply, byte[] body, int from, int to) {
    PullRequest request;
    try {
      request = PullRequest.parse(body, from, to - from);
    } catch (JsonException malformed) {
      consumer.send(reply, PullStatus.badRequest(String.valueOf(malformed.getMessage())));
      return;
    }
    long now = consumer.clock().nanos();
    boolean named = RequestBody.isJson(body, from, to - from);
    byte[] refusal = PullRules.refusal(consumer.config(), request, named, pinned.id());
    if (refusal == null && !pinned.isNone() && pinned.id().equals(request.id())) {
      pinned.asked();
    }
    if (refusal == null && waiting.isFull() && now - lastFullCheckNanos > FULL_QUEUE_CHECK_NANOS) {
      lastFullCheckNanos = now;
      look(false);
    }
    if (refusal == null && request.noWait()) {
      refusal = refuseNoWait(request, now);
    }
    if (refusal != null) {
      consumer.send(reply, refusal);
      return;
    }
    if (!waiting.add(new WaitingPull(reply, request, named, now))) {
      if (request.idleHeartbeatNanos() == 0) {
        consumer.send(reply, PullStatus.conflict("Exceeded MaxWaiting"));
      }
      return;
    }
    consumer.wake();
  }

  private byte @Nullable [] refuseNoWait(PullRequest request, long now) {
    long available = consumer.numPending() + consumer.acks.redeliveriesWaiting();
    if (!consumer.unseen.isDone()) {
      return null; // it will be known when it is served
    }
    if (available == 0 && request.expiresNanos() == 0) {
      lastActivityNanos = now;
      return PullStatus.noMessages();
    }
    if (available > 0 && available < endWhatIsOver(false)) {
      lastActivityNanos = now;
      return PullStatus.requestsPending();
    }
    return null;
  }

  @Override
  public boolean isOpen() {
    return !waiting.isEmpty();
  }

  @Override
  public void beginRun(long runNanos) {
    run++;
    nowNanos = runNanos;
  }

  @Override
  public byte @Nullable [] next(int bytes) {
    int passedOver = 0;
    for (WaitingPull pull = waiting.peek(); pull != null; pull = waiting.peek()) {
      if (pull.isExpired(nowNanos)) {
        consumer.send(pull.reply, PullStatus.timeout(pull));
        lastActivityNanos = nowNanos;
      } else if (hasWrongPin(pull)) {
        consumer.send(pull.reply, PullStatus.wrongPin(pull));
      } else if (mustWait(pull)) {
        waiting.rotate();
        if (++passedOver >= waiting.size()) {
          return null;
        }
        continue;
      } else if (pull.remainingBytes > 0 && bytes > pull.remainingBytes) {
        consumer.send(pull.reply, PullStatus.tooBig(pull));
      } else if (isWanted(pull)) {
        serve(pull);
        return pull.reply;
      }
      waiting.removeHead();
    }
    return null;
  }

  private void serve(WaitingPull pull) {
    served = pull;
    if (policy == PriorityPolicy.PINNED_CLIENT && pinned.isNone()) {
      pinned.pin(pull);
    }
  }

  private boolean hasWrongPin(WaitingPull pull) {
    return policy == PriorityPolicy.PINNED_CLIENT
        && !pull.pinId.isEmpty()
        && !pull.pinId.equals(pinned.id());
  }

  /** Whether a request is not one to be served as things stand. */
  private boolean mustWait(WaitingPull pull) {
    if (policy == PriorityPolicy.PINNED_CLIENT) {
      return !pinned.isNone() && pull.pinId.isEmpty();
    }
    if (policy != PriorityPolicy.OVERFLOW || pull.minPending <= 0 && pull.minAckPending <= 0) {
      return false;
    }
    boolean manyPending = pull.minPending > 0 && pull.minPending <= consumer.numPending();
    int acksPending = consumer.state.pending.size();
    return !manyPending && (pull.minAckPending <= 0 || pull.minAckPending > acksPending);
  }

  @Override
  public String pinId() {
    return pinned.id();
  }

  /** Whether somebody listens on the request's reply; cannot change during a run. */
  private boolean isWanted(WaitingPull pull) {
    if (pull.wantedInRun == run) {
      return true;
    }
    boolean wanted = consumer.stream.bus().hasInterest(pull.reply, 0, pull.reply.length);
    pull.wantedInRun = wanted ? run : 0;
    return wanted;
  }

  @Override
  public MessageBus.Delivery send(
      byte[] to, MessageFrame frame, StoredMessage message, long numPending, Runnable whenDrained) {
    return consumer.stream.bus().send(to, frame, whenDrained);
  }

  @Override
  public void sent(long seq, int bytes, MessageBus.Delivery outcome) {
    WaitingPull pull = Objects.requireNonNull(served, "a request that took the message");
    if (pull.remainingBytes > 0) {
      pull.remainingBytes -= bytes;
      if (pull.remainingBytes == 0) {
        pull.remaining = 1;
      }
    }
    pull.remaining--;
    pull.delivered++;
    if (pull.heartbeatNanos > 0) {
      pull.heartbeatAtNanos = nowNanos + pull.heartbeatNanos;
    }
    if (pull.remaining <= 0) {
      waiting.removeHead();
      if (pull.remainingBytes > 0) {
        consumer.send(pull.reply, PullStatus.batchCompleted(pull));
      }
    } else {
      waiting.rotate();
    }
    lastActivityNanos = nowNanos;
    if (outcome == MessageBus.Delivery.NO_INTEREST) {
      consumer.acks.notDelivered(seq);
    }
  }

  @Override
  public void look(boolean endOfStream) {
    if (pinned.endIfDue(consumer.clock().nanos())) {
      consumer.wake();
    }
    if (!waiting.isEmpty()) {
      endWhatIsOver(endOfStream);
    }
  }

  /**
   * Ends requests whose time is over, that nobody listens to any more or, at the end of the stream,
   * that do not wait; sends the heartbeats that are due.
   *
   * @return how many messages the requests that stay still want
   */
  private long endWhatIsOver(boolean endOfStream) {
    long now = consumer.clock().nanos();
    long[] wanted = {0};
    waiting.removeIf(
        pull -> {
          if (pull.isExpired(now)) {
            consumer.send(pull.reply, PullStatus.timeout(pull));
            lastActivityNanos = Math.max(lastActivityNanos, pull.expiresNanos);
            return true;
          }
          if (endOfStream && pull.noWait && (pull.expiresNanos == 0 || pull.delivered > 0)) {
            consumer.send(pull.reply, PullStatus.noMessages());
            lastActivityNanos = now;
            return true;
          }
          if (!consumer.stream.bus().hasInterest(pull.reply, 0, pull.reply.length)) {
            return true;
          }
          wanted[0] += pull.remaining;
          if (pull.heartbeatAtNanos != 0 && now - pull.heartbeatAtNanos >= 0) {
            consumer.send(pull.reply, consumer.idleHeartbeat(""));
            pull.heartbeatAtNanos = now + pull.heartbeatNanos;
          }
          return false;
        });
    return wanted[0];
  }

  @Override
  public long dueInNanos(long now) {
    long[] first = {pinned.dueInNanos(now)};
    waiting.forEach(
        pull -> {
          if (pull.expiresNanos != 0) {
            first[0] = Math.min(first[0], pull.expiresNanos - now);
          }
          if (pull.heartbeatAtNanos != 0) {
            first[0] = Math.min(first[0], pull.heartbeatAtNanos - now);
          }
        });
    return first[0];
  }

  @Override
  public long idleSinceNanos(long now) {
    if (!waiting.isEmpty()) {
      lastActivityNanos = now;
    }
    return lastActivityNanos;
  }

  @Override
  public int waiting() {
    return waiting.size();
  }

  @Override
  public boolean isBound() {
    return false;
  }

  @Override
  public void close(byte[] farewell) {
    endAll(pull -> farewell);
  }

  @Override
  public void shutDown() {
    endAll(PullStatus::serverShutdown);
  }

  private void endAll(Function<WaitingPull, byte[]> farewell) {
    waiting.removeIf(
        pull -> {
          consumer.send(pull.reply, farewell.apply(pull));
          return true;
        });
  }
}
