// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An ack and the next pull in one frame, and where a consumption listens and runs its handler. */
@Timeout(60)
class AckNextTest extends StreamFixture {
  private static ConsumeOptions.Builder oneByOne() {
    return ConsumeOptions.builder().maxMessages(1);
  }

  @Test
  void theAckAsksForTheNextMessageWithALimitAndHeartbeats() throws Exception {
    publish(20, 10);
    PullConsumer consumer = roomyConsumer();
    try (Sent sent = new Sent(consumer)) {
      Consumption consumption = consumer.consume(oneByOne().build(), JsMessage::ackNext);
      assertThat(sent.next().text()).startsWith("{");
      for (int i = 0; i < 20; i++) {
        assertThat(sent.next().text())
            .startsWith("+NXT {")
            .contains("\"batch\":1", "\"expires\":30000000000", "\"idle_heartbeat\":5000000000");
      }
      awaitFloor(consumer, 20);
      publish(1, 10);
      assertThat(sent.next().text()).startsWith("+NXT {");
      awaitFloor(consumer, 21);
      consumption.stop();
      assertThat(consumer.info().numWaiting()).isZero();
    }
  }

  @Test
  void anAckForWhichNoPullIsDueGoesOutAlone() throws Exception {
    publish(20, 10);
    PullConsumer consumer = roomyConsumer();
    try (Sent sent = new Sent(consumer)) {
      ConsumeOptions ten = ConsumeOptions.builder().maxMessages(10).stopAfter(20).build();
      consumer.consume(ten, JsMessage::ackNext).closed().join();
      int alone = 0;
      for (int acks = 0; acks < 20; ) {
        Message one = sent.next();
        if (one.subject().startsWith("$JS.ACK.")) {
          acks++;
          alone += one.text().equals("+ACK") ? 1 : 0;
        }
      }
      assertThat(alone).isBetween(10, 19);
      awaitFloor(consumer, 20);
    }
  }

  @Test
  void aBareNextSaysNothingElse() throws Exception {
    publish(5, 10);
    PullConsumer consumer = roomyConsumer();
    try (Sent sent = new Sent(consumer)) {
      ConsumeOptions bare = oneByOne().bareNext(true).inboxPrefix("_ME.").build();
      Consumption consumption = consumer.consume(bare, JsMessage::ackNext);
      String inbox = Objects.requireNonNull(sent.next().reply());
      assertThat(inbox).startsWith("_ME.");
      for (int i = 0; i < 5; i++) {
        Message ack = sent.next();
        assertThat(ack.text()).isEqualTo("+NXT");
        assertThat(ack.reply()).startsWith(inbox.substring(0, inbox.lastIndexOf('.') + 1));
      }
      awaitFloor(consumer, 5);
      ConsumptionState state = consumption.state();
      assertThat(state.askedMessages()).isEqualTo(1);
      consumption.stop();
    }
  }

  @Test
  void withoutAConsumptionItIsAnAck() throws Exception {
    publish(1, 10);
    PullConsumer consumer = roomyConsumer();
    try (Sent sent = new Sent(consumer)) {
      JsMessage message = consumer.next(PATIENCE).orElseThrow();
      assertThat(message.ackNext()).isTrue();
      assertThat(message.ackNext()).isFalse();
      assertThat(message.ack()).isFalse();
      assertThat(sent.next().subject()).startsWith("$JS.API.");
      assertThat(sent.next().text()).isEqualTo("+ACK");
    }
  }

  @Test
  void anAckBehindTheHandlerGoesOutAtOnce() throws Exception {
    publish(1, 10);
    List<JsMessage> kept = new ArrayList<>();
    CountDownLatch came = new CountDownLatch(1);
    PullConsumer consumer = roomyConsumer();
    ConsumeOptions one = ConsumeOptions.builder().stopAfter(1).build();
    Consumption consumption =
        consumer.consume(
            one,
            message -> {
              kept.add(message);
              came.countDown();
            });
    assertThat(came.await(20, TimeUnit.SECONDS)).isTrue();
    consumption.closed().join();
    assertThat(kept.get(0).ackNext()).isTrue();
    awaitFloor(consumer, 1);
  }

  @Test
  void theHandlerRunsWhereItIsTold() throws Exception {
    publish(10, 10);
    ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
    try {
      List<String> threads = new ArrayList<>();
      ConsumeOptions here = ConsumeOptions.builder().executor(own).stopAfter(10).build();
      Consumption consumption =
          roomyConsumer()
              .consume(
                  here,
                  message -> {
                    threads.add(Thread.currentThread().getName());
                    message.ack();
                  });
      consumption.closed().join();
      assertThat(threads).hasSize(10).containsOnly("mine");
    } finally {
      own.shutdown();
    }
  }

  private static void awaitFloor(PullConsumer consumer, long sequence) {
    Eventually.holds(
        PATIENCE, consumer::info, () -> consumer.info().ackFloor().streamSeq() == sequence);
  }

  /** What is sent to a consumer: pulls and acks, as another subscriber sees them. */
  private final class Sent implements AutoCloseable {
    private final SyncSubscription all;
    private final String pulls;
    private final String acks;

    Sent(PullConsumer consumer) {
      String of = consumer.stream() + "." + consumer.name();
      pulls = "$JS.API.CONSUMER.MSG.NEXT." + of;
      acks = "$JS.ACK." + of + ".";
      all = nc.subscribeSync("$JS.>");
      nc.flush(PATIENCE);
    }

    Message next() throws InterruptedException {
      while (true) {
        Message one = Objects.requireNonNull(all.poll(PATIENCE));
        if (one.subject().equals(pulls) || one.subject().startsWith(acks)) {
          return one;
        }
      }
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
