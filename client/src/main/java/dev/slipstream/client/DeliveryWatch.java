// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes from one {@link Origin}, as metrics and interceptors see it. A client that nobody
 * watches has none. Any thread; it keeps nothing.
 */
final class DeliveryWatch {
  private final Origin origin;
  private final @Nullable Guarded<DeliveryMetrics> metrics;
  private final List<Guarded<Interceptor>> interceptors;
  private final Clock clock;

  DeliveryWatch(
      Origin origin,
      @Nullable Guarded<DeliveryMetrics> metrics,
      List<Guarded<Interceptor>> interceptors,
      Clock clock) {
    this.origin = origin;
    this.metrics = metrics;
    this.interceptors = interceptors;
    this.clock = clock;
  }

  /** {@code handler} with all that is around it; the handler itself when nobody watches. */
  static <M extends Message> MessageHandler<? super M> around(
      @Nullable DeliveryWatch watch, MessageHandler<? super M> handler) {
    return watch == null ? handler : (M message) -> watch.handle(message, handler);
  }

  /** Calls a handler. */
  <M extends Message> void handle(M message, MessageHandler<? super M> handler) throws Exception {
    List<Guarded<Interceptor.Handling>> handlings =
        Guarded.makeAll(interceptors, each -> each.handling(message, origin));
    keep(message, handlings);
    long began = clock.nanos();
    @Nullable Throwable failure = null;
    try {
      handler.onMessage(message);
    } catch (Exception | Error thrown) {
      failure = thrown;
      throw thrown;
    } finally {
      handled(handlings, clock.nanos() - began, failure);
    }
  }

  private void handled(
      List<Guarded<Interceptor.Handling>> handlings, long nanos, @Nullable Throwable failure) {
    Guarded.tellBackwards(handlings, each -> each.handled(failure));
    count(sink -> sink.handled(nanos, failure));
  }

  /** A message is going to be returned to who takes it. */
  void taken(Message message) {
    keep(message, Guarded.makeAll(interceptors, each -> each.taken(message, origin)));
  }

  private static void keep(Message message, List<Guarded<Interceptor.Handling>> handlings) {
    if (message instanceof JsMessage settleable) {
      settleable.setHandlings(handlings);
    }
  }

  /** The message was settled. */
  void settled(JsMessage message, AckState how) {
    Guarded.tellBackwards(message.handlings(), each -> each.settled(how));
    count(sink -> sink.settled(how));
  }

  void delivered(Message message) {
    if (metrics != null) {
      long deliveries = message instanceof JsMessage counted ? counted.deliveries() : 1;
      metrics.tell(sink -> sink.delivered(message.size(), deliveries));
    }
  }

  void dropped() {
    count(DeliveryMetrics::dropped);
  }

  void handedBack() {
    count(DeliveryMetrics::handedBack);
  }

  void inProgress() {
    count(DeliveryMetrics::inProgress);
  }

  void pulled(int messages, long bytes) {
    count(sink -> sink.pulled(messages, bytes));
  }

  /** The server said something of a pull; heartbeats do not end one. */
  void answered(PullStatus status) {
    if (PullAnswer.of(status.code(), status.text()) != PullAnswer.HEARTBEAT) {
      count(sink -> sink.pullEnded(status.code(), status.text()));
    }
  }

  /** The consumption noticed something. */
  void told(PullEvent event) {
    if (event instanceof PullEvent.MissedHeartbeats missed) {
      count(sink -> sink.heartbeatsMissed(missed.inARow()));
    }
  }

  void began(Consumption consumption) {
    count(sink -> sink.began(consumption));
  }

  void ended(Consumption consumption, Closed why) {
    count(sink -> sink.ended(consumption, why));
  }

  private void count(Consumer<DeliveryMetrics> call) {
    if (metrics != null) {
      metrics.tell(call);
    }
  }
}
