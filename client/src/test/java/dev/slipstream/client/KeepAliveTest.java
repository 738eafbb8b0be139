// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that take longer than the ack wait, in the handler and in front of it. */
@Timeout(120)
class KeepAliveTest extends StreamFixture {
  private static final Duration ACK_WAIT = Duration.ofMillis(800);

  /** Waits while the connection goes on as usual. */
  private void pass(Duration time) throws InterruptedException {
    try (SyncSubscription silence = nc.subscribeSync("silence." + name)) {
      silence.poll(time);
    }
  }

  @Test
  void neitherTheMessageInTheHandlerNorThoseThatWaitComeAgain() throws Exception {
    publish(4, 10);
    PullConsumer consumer = consumer(ACK_WAIT);
    List<Long> deliveries = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(4);
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().keepAlive(Duration.ofMinutes(1)).build(),
            m -> {
              deliveries.add(m.info().delivered());
              pass(ACK_WAIT.multipliedBy(2));
              m.ack();
              all.countDown();
            });
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
    nc.flush(PATIENCE);
    assertThat(deliveries).containsExactly(1L, 1L, 1L, 1L);
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(4);
    assertThat(consumer.info().numRedelivered()).isZero();
  }

  @Test
  void behindTheLimitItComesAgainAndThatIsTold() throws Exception {
    publish(1, 10);
    PullConsumer consumer = consumer(ACK_WAIT);
    Events<PullEvent> events = new Events<>();
    CountDownLatch again = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().keepAlive(ACK_WAIT).parallelism(2).onEvent(events).build(),
            m -> {
              again.countDown();
              goOn.await();
              m.ack();
            });
    assertThat(again.await(30, TimeUnit.SECONDS)).isTrue();
    goOn.countDown();
    get(consumption.drain(PATIENCE));
    assertThat(events.saw(PullEvent.HandledTooLong.class)).isTrue();
  }

  @Test
  void whatTheHandlerLeavesUnsettledComesAgain() throws Exception {
    publish(1, 10);
    CountDownLatch twice = new CountDownLatch(2);
    Consumption consumption =
        consumer(ACK_WAIT)
            .consume(
                ConsumeOptions.builder().keepAlive(Duration.ofMinutes(1)).build(),
                m -> {
                  twice.countDown();
                  if (m.info().delivered() == 2) {
                    m.ack();
                  }
                });
    assertThat(twice.await(30, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
  }

  @Test
  void messagesThatWaitToBeTakenDoNotComeAgain() throws Exception {
    publish(3, 10);
    PullConsumer consumer = consumer(ACK_WAIT);
    ConsumeOptions options = ConsumeOptions.builder().keepAlive(Duration.ofMinutes(1)).build();
    try (Messages messages = consumer.messages(options)) {
      pass(ACK_WAIT.multipliedBy(3));
      for (int i = 0; i < 3; i++) {
        JsMessage message = messages.take();
        assertThat(message.info().delivered()).isEqualTo(1);
        message.ack();
      }
      nc.flush(PATIENCE);
      assertThat(consumer.info().numRedelivered()).isZero();
    }
  }

  @Test
  void aLimitOfNothingIsRefused() {
    assertThatThrownBy(() -> ConsumeOptions.builder().keepAlive(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
