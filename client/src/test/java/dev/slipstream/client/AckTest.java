// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settling what was fetched: acks, naks, terms, progress, and what comes back without them. */
@Timeout(60)
class AckTest extends StreamFixture {
  /** As many threads as race, so that none waits for another. */
  private static final Executor RACERS =
      task -> {
        Thread thread = new Thread(task, "racer");
        thread.setDaemon(true);
        thread.start();
      };

  @Test
  void anAckedMessageDoesNotComeBack() {
    publish(1, 10);
    PullConsumer consumer = consumer(Duration.ofMillis(300));
    JsMessage message = consumer.next().orElseThrow();
    assertThat(message.ackState()).isEqualTo(AckState.PENDING);
    assertThat(message.ack()).isTrue();
    assertThat(message.ackState()).isEqualTo(AckState.ACKED);
    assertThat(message.ack()).isFalse();
    assertThat(message.nak()).isFalse();
    assertThat(message.inProgress()).isFalse();
    assertThat(consumer.next(Duration.ofSeconds(1))).isEmpty();
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(1);
  }

  @Test
  void anUnsettledMessageComesBackAfterTheAckWait() {
    publish(1, 10);
    PullConsumer consumer = consumer(Duration.ofMillis(300));
    assertThat(consumer.next()).isPresent();
    assertThat(consumer.next().orElseThrow().info().delivered()).isEqualTo(2);
  }

  @Test
  void progressHoldsAMessageBack() {
    publish(1, 10);
    PullConsumer consumer = consumer(Duration.ofSeconds(1));
    JsMessage message = consumer.next().orElseThrow();
    for (int i = 0; i < 5; i++) {
      assertThat(message.inProgress()).isTrue();
      assertThat(consumer.next(Duration.ofMillis(300))).isEmpty();
    }
    assertThat(message.ack()).isTrue();
  }

  @Test
  void aNakedMessageComesBackAtOnceOrAfterItsDelay() {
    publish(1, 10);
    PullConsumer consumer = consumer();
    JsMessage first = consumer.next().orElseThrow();
    assertThat(first.nak()).isTrue();
    JsMessage second = consumer.next().orElseThrow();
    assertThat(second.info().delivered()).isEqualTo(2);
    long began = System.nanoTime();
    assertThat(second.nak(Duration.ofMillis(700))).isTrue();
    JsMessage third = consumer.next().orElseThrow();
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(600), Duration.ofSeconds(4));
    assertThat(third.info().delivered()).isEqualTo(3);
    assertThat(third.ackState()).isEqualTo(AckState.PENDING);
  }

  @Test
  void aTermedMessageDoesNotComeBackAndItsReasonIsReported() throws Exception {
    publish(2, 10);
    PullConsumer consumer = consumer(Duration.ofMillis(300));
    SyncSubscription advisories =
        nc.subscribeSync("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED." + name + ".>");
    nc.flush(PATIENCE);
    List<JsMessage> both = consumer.fetch(2).toList();
    assertThat(both.get(0).term()).isTrue();
    assertThat(both.get(1).term("cannot be read")).isTrue();
    assertThat(Objects.requireNonNull(advisories.poll(PATIENCE)).text())
        .contains("\"stream_seq\":1");
    assertThat(Objects.requireNonNull(advisories.poll(PATIENCE)).text()).contains("cannot be read");
    assertThat(consumer.next(Duration.ofMillis(700))).isEmpty();
  }

  @Test
  void aConfirmedAckIsKnownToTheServerWhenItReturns() throws Exception {
    publish(3, 10);
    PullConsumer consumer = consumer();
    List<JsMessage> messages = consumer.fetch(3).toList();
    messages.get(0).ackConfirmed(PATIENCE);
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(1);
    messages.get(1).ackConfirmedAsync(PATIENCE).get(10, TimeUnit.SECONDS);
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(2);
    assertThatThrownBy(() -> messages.get(0).ackConfirmed(PATIENCE))
        .isInstanceOf(IllegalStateException.class);
    stream.deleteConsumer(consumer.name());
    assertThatThrownBy(() -> messages.get(2).ackConfirmed(PATIENCE))
        .isInstanceOf(NatsException.class);
    assertThat(messages.get(2).ackState()).isEqualTo(AckState.PENDING);
  }

  @Test
  void ofEightThreadsThatSettleOneMessageOneSendsOneFrame() throws Exception {
    int rounds = 50;
    publish(rounds, 10);
    try (NatsClient witness = NatsClient.connect(server.url())) {
      SyncSubscription acks = witness.subscribeSync("$JS.ACK." + name + ".>");
      witness.flush(PATIENCE);
      for (JsMessage message : consumer().fetch(rounds)) {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          boolean ack = i % 2 == 0;
          racers.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    await(go);
                    return ack ? message.ack() : message.term();
                  },
                  RACERS));
        }
        go.countDown();
        int winners = 0;
        for (CompletableFuture<Boolean> racer : racers) {
          winners += racer.get(10, TimeUnit.SECONDS) ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
      nc.flush(PATIENCE);
      for (int i = 0; i < rounds; i++) {
        assertThat(acks.poll(PATIENCE)).isNotNull();
      }
      witness.flush(PATIENCE);
      assertThat(acks.poll()).isNull();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aDurableConsumerGoesOnWhereAnotherClientLeftOff() {
    publish(4, 10);
    stream.createConsumer(Consumers.durable("kept").build());
    try (NatsClient first = NatsClient.connect(server.url())) {
      first.jetStream().consumer(name, "kept").fetch(2).forEach(JsMessage::ack);
    }
    try (NatsClient second = NatsClient.connect(server.url())) {
      List<JsMessage> rest =
          second.jetStream().consumer(name, "kept").fetch(Fetch.noWait(10)).toList();
      assertThat(rest.stream().map(m -> m.info().streamSequence())).containsExactly(3L, 4L);
    }
  }
}
