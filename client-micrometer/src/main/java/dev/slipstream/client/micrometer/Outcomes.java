// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import dev.slipstream.client.micrometer.bounded.BoundedMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Timers of one name, for each way in which what they time may end. Any thread. */
final class Outcomes {
  static final String SUCCESS = "success";
  static final String DUPLICATE = "duplicate";

  /** Kinds of failures that are told apart. */
  private static final int MOST = 50;

  private final BoundedMeters<String, Timer> timers;

  Outcomes(MeterRegistry registry, String name, String description, Tags tags) {
    timers =
        new BoundedMeters<>(
            MOST,
            "other",
            outcome ->
                Timer.builder(name)
                    .description(description)
                    .tags(tags.and("outcome", outcome))
                    .register(registry));
  }

  void add(String outcome, long nanos) {
    timers.of(outcome).record(nanos, TimeUnit.NANOSECONDS);
  }

  void add(@Nullable Throwable failure, long nanos) {
    add(failure == null ? SUCCESS : nameOf(failure), nanos);
  }

  private static String nameOf(Throwable failure) {
    String simple = failure.getClass().getSimpleName();
    return simple.isEmpty() ? failure.getClass().getName() : simple;
  }
}
