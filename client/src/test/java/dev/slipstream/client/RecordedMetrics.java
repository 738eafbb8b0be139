// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Metrics that keep a line for all they are told, in a list for each origin. */
final class RecordedMetrics implements ClientMetrics {
  final List<String> lines = new CopyOnWriteArrayList<>();
  final Map<Origin, Deliveries> origins = new ConcurrentHashMap<>();
  final AtomicReference<@Nullable NatsClient> client = new AtomicReference<>();
  final Events<ClientEvent> events = new Events<>();

  /** The lines of the only consumer or subscription. */
  Deliveries only() {
    if (origins.size() != 1) {
      throw new AssertionError("not one origin: " + origins.keySet());
    }
    return origins.values().iterator().next();
  }

  @Override
  public void opened(NatsClient opened) {
    client.set(opened);
    lines.add("opened");
  }

  @Override
  public void closed(NatsClient closed) {
    lines.add(closed == client.get() ? "closed" : "another was closed");
  }

  @Override
  public void event(ClientEvent event) {
    events.accept(event);
  }

  @Override
  public void published(PublishAck ack, long nanos) {
    lines.add("published " + ack.stream() + (ack.duplicate() ? " again" : "") + time(nanos));
  }

  @Override
  public void publishFailed(Throwable failure, long nanos) {
    lines.add("publish failed " + failure.getClass().getSimpleName() + time(nanos));
  }

  @Override
  public void replied(long nanos) {
    lines.add("replied" + time(nanos));
  }

  @Override
  public void requestFailed(Throwable failure, long nanos) {
    lines.add("request failed " + failure.getClass().getSimpleName() + time(nanos));
  }

  @Override
  public DeliveryMetrics deliveries(Origin origin) {
    return origins.computeIfAbsent(origin, each -> new Deliveries());
  }

  private static String time(long nanos) {
    return nanos > 0 ? "" : " in no time";
  }

  /** What was told of one origin. */
  static final class Deliveries implements DeliveryMetrics {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<Consumption> running = new CopyOnWriteArrayList<>();

    long count(String line) {
      return lines.stream().filter(line::equals).count();
    }

    @Override
    public void delivered(int bytes, long deliveries) {
      lines.add("delivered " + deliveries);
    }

    @Override
    public void dropped() {
      lines.add("dropped");
    }

    @Override
    public void handled(long nanos, @Nullable Throwable failure) {
      lines.add("handled" + (failure == null ? "" : " " + failure.getMessage()) + time(nanos));
    }

    @Override
    public void settled(AckState how) {
      lines.add("settled " + how);
    }

    @Override
    public void handedBack() {
      lines.add("handed back");
    }

    @Override
    public void inProgress() {
      lines.add("in progress");
    }

    @Override
    public void pulled(int messages, long bytes) {
      lines.add("pulled " + messages);
    }

    @Override
    public void pullEnded(int code, String description) {
      lines.add("pull ended " + code);
    }

    @Override
    public void heartbeatsMissed(int inARow) {
      lines.add("missed " + inARow);
    }

    @Override
    public void began(Consumption consumption) {
      running.add(consumption);
      lines.add("began");
    }

    @Override
    public void ended(Consumption consumption, Closed why) {
      running.remove(consumption); // before the line, for who waits for that
      lines.add("ended " + why.getClass().getSimpleName());
    }
  }
}
