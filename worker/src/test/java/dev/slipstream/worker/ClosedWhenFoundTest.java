// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A connection that is closed between the moment a consumer is found and the first pull. */
class ClosedWhenFoundTest extends WorkerFixture {
  private final AtomicInteger found = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger handled = new AtomicInteger();

  private final class Closing implements PullWorker<Void, Long> {
    private final Workers of;

    Closing(Workers of) {
      this.of = of;
    }

    @Override
    public Init<Long> init(Void nothing) {
      return Init.ok(0L, options().connection("gnat").connectionRetries(100).build());
    }

    @Override
    public Long handleConnected(ConsumerInfo consumer, Long state) {
      if (found.incrementAndGet() == 1) {
        Objects.requireNonNull(of.registry().client("gnat")).close();
      }
      return state;
    }

    @Override
    public Reply<Long> handleMessage(JsMessage message, Long state) {
      handled.incrementAndGet();
      return Reply.ack(state);
    }
  }

  private final class Failures implements WorkerMetrics {
    @Override
    public void attemptFailed(String child, Throwable why) {
      boolean later = String.valueOf(why).contains("there is no connection of the name");
      if (child.equals("closing") && found.get() == 1 && !later) {
        failed.incrementAndGet();
      }
    }
  }

  @Test
  void isOneFailedAttemptAndBehindItOneConsumption() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    try (Workers watched = Workers.builder().metrics(new Failures()).build()) {
      watched.start(
          Supervisor.oneForOne()
              .child(ChildSpec.connection("gnat", ClientOptions.of(server.url())))
              .child(ChildSpec.of(new Closing(watched)).id("closing")));
      publish(3);
      Eventually.holds(Duration.ofSeconds(20), handled::get, () -> handled.get() >= 3);
      assertThat(found).hasValue(2);
      assertThat(failed).hasValue(1);
      Eventually.holds(
          Duration.ofSeconds(5), () -> consumer.info(), () -> consumer.info().numWaiting() == 1);
    }
  }
}
