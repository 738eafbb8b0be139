// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much a consumption asks for and holds, whatever its handler and its consumer are like. */
@Timeout(120)
class ConsumeWindowTest extends StreamFixture {
  private volatile Consumer<JsMessage> released = message -> {};

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
  void theNextPullFollowsTheAckThatMadeRoomForIt() throws Exception {
    publish(20, 10);
    PullConsumer consumer = roomyConsumer();
    String of = name + "." + consumer.info().name();
    ConsumeOptions options = ConsumeOptions.builder().maxMessages(1).build();
    try (SyncSubscription sent = nc.subscribeSync("$JS.>")) {
      nc.flush(PATIENCE);
      ConsumerLink link = stream.link(consumer.info().name());
      PullSession session =
          new PullSession(link, options, null, new AckedElsewhere(link.connection().loop()));
      released = session::released;
      session.start();
      List<String> order = new ArrayList<>();
      while (order.size() < 40) {
        String subject = Objects.requireNonNull(sent.poll(PATIENCE)).subject();
        if (subject.equals("$JS.API.CONSUMER.MSG.NEXT." + of)) {
          order.add("pull");
        } else if (subject.startsWith("$JS.ACK." + of + ".")) {
          order.add("ack");
        }
      }
      session.stop(new Closed.Stopped());
      assertThat(order)
          .isEqualTo(
              Stream.generate(() -> List.of("pull", "ack"))
                  .limit(20)
                  .flatMap(List::stream)
                  .toList());
    }
  }

  /** Has another thread ack and release each message between the loop's commands and its end. */
  private final class AckedElsewhere implements PullSession.Receiver {
    private final ClientLoop loop;

    AckedElsewhere(ClientLoop loop) {
      this.loop = loop;
    }

    @Override
    public void add(JsMessage message) {
      Runnable ackAndRelease =
          () -> {
            message.ack();
            released.accept(message);
          };
      loop.atTurnEnd(() -> CompletableFuture.runAsync(ackAndRelease).join());
    }

    @Override
    public void onEnd(Closed reason) {
      // the test knows
    }

    @Override
    public @Nullable JsMessage takeBack() {
      return null;
    }
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
