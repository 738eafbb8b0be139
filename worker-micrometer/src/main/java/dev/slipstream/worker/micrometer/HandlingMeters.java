// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.micrometer;

import dev.slipstream.worker.HandlingMetrics;
import dev.slipstream.worker.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** The timers of the messages that workers of one id handle. Any thread. */
final class HandlingMeters implements HandlingMetrics {
  private final Timer acked;
  private final Timer nacked;
  private final Timer termed;
  private final Timer unsettled;
  private final Timer failed;

  HandlingMeters(MeterRegistry registry, Tags tags) {
    acked = timer(registry, tags, "ack");
    nacked = timer(registry, tags, "nack");
    termed = timer(registry, tags, "term");
    unsettled = timer(registry, tags, "none");
    failed = timer(registry, tags, "failed");
  }

  private static Timer timer(MeterRegistry registry, Tags tags, String outcome) {
    return Timer.builder("nats.worker.handling")
        .description("Time until a worker has handled and settled a message")
        .tags(tags.and("outcome", outcome))
        .register(registry);
  }

  @Override
  public void handled(Reply.Action said, long nanos) {
    Timer timer =
        switch (said) {
          case ACK -> acked;
          case NACK -> nacked;
          case TERM -> termed;
          case NONE -> unsettled;
        };
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void failed(Throwable failure, long nanos) {
    failed.record(nanos, TimeUnit.NANOSECONDS);
  }
}
