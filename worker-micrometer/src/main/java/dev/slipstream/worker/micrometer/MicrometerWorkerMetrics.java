// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.micrometer;

import dev.slipstream.client.micrometer.bounded.BoundedMeters;
import dev.slipstream.worker.HandlingMetrics;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.WorkerMetrics;
import dev.slipstream.worker.WorkerRef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/**
 * Metrics of workers in a registry of Micrometer: {@code Workers.builder().metrics(new
 * MicrometerWorkerMetrics(registry))}. The package lists the meters.
 *
 * <p>One object may serve several {@code Workers}, whose counts are added up; those that are to be
 * told apart have one each, with tags of their own. How many children and supervisors have meters
 * of their own is bounded; those behind that share meters with the tag {@code other}.
 *
 * <p>Thread-safe. Keeps the lives that go on, and nothing that would have to be closed.
 */
public final class MicrometerWorkerMetrics implements WorkerMetrics {
  /** Children and supervisors that have meters of their own, of each. */
  public static final int MOST_TAGGED = 200;

  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final Tags tags;
  private final BoundedMeters<String, LifeMeters> lives;
  private final BoundedMeters<String, HandlingMeters> handling;
  private final BoundedMeters<Place, Counter> restarts;
  private final BoundedMeters<String, Counter> gaveUp;

  private record Place(String supervisor, String child) {}

  /** Meters without further tags. */
  public MicrometerWorkerMetrics(MeterRegistry registry) {
    this(registry, List.of());
  }

  /** Meters that all have {@code tags}. */
  public MicrometerWorkerMetrics(MeterRegistry registry, Iterable<Tag> tags) {
    this(registry, tags, MOST_TAGGED);
  }

  /**
   * Meters that all have {@code tags}.
   *
   * @param mostTagged children and supervisors that have meters of their own, of each
   */
  public MicrometerWorkerMetrics(MeterRegistry registry, Iterable<Tag> tags, int mostTagged) {
    this.registry = registry;
    this.tags = Tags.of(tags);
    lives = new BoundedMeters<>(mostTagged, OTHER, this::lifeMeters);
    handling = new BoundedMeters<>(mostTagged, OTHER, this::handlingMeters);
    restarts = new BoundedMeters<>(mostTagged, new Place(OTHER, OTHER), this::restartsOf);
    gaveUp = new BoundedMeters<>(mostTagged, OTHER, this::gaveUpOf);
  }

  private LifeMeters lifeMeters(String child) {
    return new LifeMeters(registry, tags.and("child", child));
  }

  private HandlingMeters handlingMeters(String child) {
    return new HandlingMeters(registry, tags.and("child", child));
  }

  private Counter restartsOf(Place place) {
    return Counter.builder("nats.worker.restarts")
        .description("Restarts of a child that has stopped, with those it takes along")
        .tags(tags.and("supervisor", place.supervisor, "child", place.child))
        .register(registry);
  }

  private Counter gaveUpOf(String supervisor) {
    return Counter.builder("nats.worker.supervisors.gave.up")
        .description("Supervisors that have restarted too often")
        .tags(tags.and("supervisor", supervisor))
        .register(registry);
  }

  @Override
  public void began(WorkerRef life) {
    lives.of(life.id()).began(life);
  }

  @Override
  public void started(WorkerRef life) {
    lives.of(life.id()).started();
  }

  @Override
  public void stopped(WorkerRef life, StopReason reason) {
    lives.of(life.id()).stopped(life, reason);
  }

  @Override
  public void restarting(String supervisor, String child, StopReason reason) {
    restarts.of(new Place(supervisor, child)).increment();
  }

  @Override
  public void gaveUp(String supervisor, StopReason.RestartsExceeded reason) {
    gaveUp.of(supervisor).increment();
  }

  @Override
  public void attemptFailed(String child, Throwable why) {
    lives.of(child).attemptFailed();
  }

  @Override
  public HandlingMetrics handling(String child) {
    return handling.of(child);
  }
}
