// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much a consumption asks for and holds, whatever its handler and its consumer are like. */
@Timeout(120)
class ConsumeWindowTest extends StreamFixture {
  @Test
  void aWindowOfOneIsAPullForEachMessage() throws Exception {
    publish(20, 10);
    Events<PullEvent> events = new Events<>();
    CountDownLatch all = new CountDownLatch(20);
    PullConsumer consumer = roomyConsumer();
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().maxMessages(1).onEvent(events).build(),
            m -> {
              assertThat(consumer.info().numAckPending()).isEqualTo(1);
              m.ackConfirmed(PATIENCE);
              all.countDown();
            });
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 20; i++) {
      assertThat(events.await(PullEvent.Pulled.class).messages()).isEqualTo(1);
    }
    consumption.stop();
  }

  @Test
  void aSlowHandlerHoldsNoMoreThanItsWindow() throws Exception {
    publish(2000, 1000);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(2000);
    ConsumeOptions options = ConsumeOptions.builder().maxMessages(300).maxBytes(100_000).build();
    Consumption consumption =
        roomyConsumer()
            .consume(
                options,
                m -> {
                  go.await();
                  m.ack();
                  all.countDown();
                });
    awaitBuffered(consumption, 40);
    for (int i = 0; i < 50; i++) {
      nc.flush(PATIENCE);
      ConsumptionState state = consumption.state();
      assertThat(state.bufferedBytes() + state.askedBytes()).isLessThanOrEqualTo(100_000);
      assertThat(state.bufferedMessages() + state.askedMessages()).isLessThanOrEqualTo(300);
    }
    go.countDown();
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
  }

  @Test
  void aBacklogBehindASlowHandlerDoesNotFillTheHeap() throws Exception {
    int window = 2 << 20;
    publish(5000, 20_000); // 100 MB
    CountDownLatch go = new CountDownLatch(1);
    long before = usedHeap();
    Consumption consumption =
        roomyConsumer()
            .consume(
                ConsumeOptions.builder().maxBytes(window).build(),
                m -> {
                  go.await();
                  m.ack();
                });
    awaitBuffered(consumption, 40);
    nc.flush(PATIENCE);
    assertThat(usedHeap() - before).isLessThan(window + (16L << 20));
    go.countDown();
    consumption.stop();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void theLimitsOfAConsumerShrinkTheWindow() throws Exception {
    PullConsumer limited =
        stream.createConsumer(
            Consumers.ephemeral()
                .maxBatch(10)
                .maxExpiresNanos(Duration.ofSeconds(2).toNanos())
                .maxBytes(10_000)
                .build());
    CountDownLatch all = new CountDownLatch(500);
    Consumption consumption =
        limited.consume(
            m -> {
              m.ack();
              all.countDown();
            });
    publish(500, 100);
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    ConsumptionState state = consumption.state();
    assertThat(state.askedMessages() + state.bufferedMessages()).isLessThanOrEqualTo(10);
    consumption.stop();
  }

  @Test
  void aMessageLargerThanItsShareOfTheWindowStillComes() throws Exception {
    CountDownLatch all = new CountDownLatch(20);
    ConsumeOptions options = ConsumeOptions.builder().maxBytes(100_000).build();
    Consumption consumption =
        roomyConsumer()
            .consume(
                options,
                m -> {
                  m.ack();
                  all.countDown();
                });
    for (int i = 0; i < 10; i++) {
      publish(1, 100);
      publish(1, 90_000);
    }
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
  }

  @Test
  void consumersWithManyWaitingPullsAreNotHammered() throws Exception {
    PullConsumer crowded =
        stream.createConsumer(
            Consumers.named("crowded", Duration.ofMinutes(1)).maxWaiting(1).build());
    ConsumeOptions options =
        ConsumeOptions.builder()
            .expires(Duration.ofSeconds(1))
            .heartbeat(Duration.ofMillis(500))
            .build();
    try (NatsClient witness = NatsClient.connect(server.url())) {
      SyncSubscription pulls =
          witness.subscribeSync("$JS.API.CONSUMER.MSG.NEXT." + name + ".crowded");
      witness.flush(PATIENCE);
      crowded.consume(options, JsMessage::ack);
      crowded.consume(options, JsMessage::ack);
      crowded.consume(options, JsMessage::ack);
      SyncSubscription silence = nc.subscribeSync("silence." + name);
      assertThat(silence.poll(Duration.ofSeconds(3))).isNull();
      assertThat(pulls.pendingMessages()).isBetween(6L, 30L);
    }
  }
}
