// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.micrometer;

import dev.slipstream.client.micrometer.bounded.BoundedMeters;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.WorkerRef;
import dev.slipstream.worker.WorkerStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of the lives of all children of one id. Any thread; keeps the lives that go on. */
final class LifeMeters {
  private static final int MOST_REASONS = 20;
  private static final List<WorkerStatus> SHOWN =
      List.of(
          WorkerStatus.STARTING,
          WorkerStatus.CONNECTING,
          WorkerStatus.RUNNING,
          WorkerStatus.STOPPING);

  private final Set<WorkerRef> lives = ConcurrentHashMap.newKeySet();
  private final Counter starts;
  private final Counter failedAttempts;
  private final BoundedMeters<String, Counter> stops;

  LifeMeters(MeterRegistry registry, Tags tags) {
    starts = counter(registry, "starts", "Lives that were initialized", tags);
    failedAttempts =
        counter(
            registry,
            "attempts.failed",
            "Attempts to connect, or to find stream and consumer, that failed",
            tags);
    stops =
        new BoundedMeters<>(
            MOST_REASONS,
            "other",
            reason ->
                counter(
                    registry,
                    "stops",
                    "Lives that have stopped, or did not start",
                    tags.and("reason", reason)));
    for (WorkerStatus status : SHOWN) {
      Gauge.builder("nats.worker.lives", this, meters -> meters.count(status))
          .description("Lives that go on")
          .tags(tags.and("status", status.name().toLowerCase(Locale.ROOT)))
          .register(registry);
    }
  }

  private static Counter counter(
      MeterRegistry registry, String name, String description, Tags tags) {
    return Counter.builder("nats.worker." + name)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private double count(WorkerStatus status) {
    return lives.stream().filter(life -> life.status() == status).count();
  }

  void began(WorkerRef life) {
    lives.add(life);
  }

  void started() {
    starts.increment();
  }

  void stopped(WorkerRef life, StopReason reason) {
    lives.remove(life);
    stops.of(reason.getClass().getSimpleName()).increment();
  }

  void attemptFailed() {
    failedAttempts.increment();
  }
}
