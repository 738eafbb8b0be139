// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NoRespondersException;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where messages go that are given up, by their handler or by the server. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadLettersTest extends WorkerFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void aTermedMessageIsCopiedBeforeItIsTermed() {
    consumerOf(-1, ACK_WAIT_NANOS);
    JsStream dead = deadStream();
    js().publish(
            Outgoing.to(name + ".a").text("bad").header("Trace", "7"),
            PublishOptions.none().messageId("m1"));
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> Reply.term(state, "cannot\nbe read"));
    workers.start(recorder, 0);
    StreamMessage letter = awaitLetter(dead);
    assertThat(letter.text()).isEqualTo("bad");
    assertThat(letter.headers().first("Trace")).isEqualTo("7");
    assertThat(letter.headers().first("Nats-Stream")).isEqualTo(name);
    assertThat(letter.headers().first("Nats-Subject")).isEqualTo(name + ".a");
    assertThat(letter.headers().first("Nats-Sequence")).isEqualTo("1");
    assertThat(letter.headers().first("Nats-Msg-Id")).startsWith("dead-letter:" + name + ":1:");
    assertThat(letter.headers().first("Dead-Letter-Consumer")).isEqualTo("C");
    assertThat(letter.headers().first("Dead-Letter-Deliveries")).isEqualTo("1");
    assertThat(letter.headers().first("Dead-Letter-Reason")).isEqualTo("cannot be read");
    PullConsumer consumer = js().consumer(name, "C");
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 1);
  }

  @Test
  void aMessageNackedAtItsLastDeliveryIsCopiedAndTermed() {
    PullConsumer consumer = consumerOf(2, ACK_WAIT_NANOS);
    JsStream dead = deadStream();
    publish(1);
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> Reply.nack(state));
    workers.start(recorder, 0);
    StreamMessage letter = awaitLetter(dead);
    assertThat(letter.headers().first("Dead-Letter-Deliveries")).isEqualTo("2");
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 1);
    assertThat(recorder.handled).hasSize(2);
  }

  @Test
  void aMessageThatFailsItsHandlerAtTheLastDeliveryIsCopiedWithTheFailure() {
    PullConsumer consumer = consumerOf(1, ACK_WAIT_NANOS);
    JsStream dead = deadStream();
    publish(1);
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> {
              throw new IllegalStateException("no such order");
            });
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.stopped().join().cause()).hasMessage("no such order");
    StreamMessage letter = awaitLetter(dead);
    assertThat(letter.headers().first("Dead-Letter-Reason")).contains("no such order");
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 1);
  }

  @Test
  void whatTheServerGivesUpIsFoundByItsAdvisory() {
    consumerOf(1, TimeUnit.MILLISECONDS.toNanos(300));
    JsStream dead = deadStream();
    publish(1);
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> Reply.none(state)); // and nobody settles it
    workers.start(recorder, 0);
    StreamMessage letter = awaitLetter(dead);
    assertThat(letter.text()).isEqualTo("1");
    assertThat(letter.headers().first("Dead-Letter-Reason")).contains("not acknowledged");
    assertThat(letter.headers().first("Dead-Letter-Deliveries")).isEqualTo("1");
  }

  @Test
  void whereNobodyStoresTheCopyTheMessageComesAgain() {
    PullConsumer consumer = consumerOf(-1, TimeUnit.MILLISECONDS.toNanos(300));
    publish(1);
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> Reply.term(state));
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.stopped().join()).isInstanceOf(StopReason.Failed.class);
    JsMessage again = consumer.next(PATIENCE).orElseThrow();
    assertThat(again.info().delivered()).isEqualTo(2);
  }

  @Test
  void aWorkerKilledWhileItsConsumerIsToldListensToNothingAnyMore() throws Exception {
    consumerOf(1, ACK_WAIT_NANOS);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Recorder recorder =
        new Recorder(
            options().deadLetters(DeadLetters.to("dead." + name)).build(),
            (message, state) -> Reply.ack(state)) {
          @Override
          public Integer handleConnected(ConsumerInfo consumer, Integer state) {
            entered.countDown();
            while (go.getCount() > 0) {
              Thread.onSpinWait(); // an interrupt does not help
            }
            return state;
          }
        };
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Workers own = Workers.builder().executor(threads).build()) {
      WorkerRef ref = own.start(ChildSpec.of(recorder, 0).shutdown(ChildSpec.BRUTAL));
      entered.await();
      ref.close();
      go.countDown();
      threads.shutdown();
      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
    String advisories = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + name + ".C";
    assertThatThrownBy(() -> client.request(advisories, null, PATIENCE))
        .isInstanceOf(NoRespondersException.class);
  }

  private JsStream deadStream() {
    return js().createStream(StreamConfig.builder(name + "-dead").subjects("dead." + name).build());
  }

  private PullConsumer consumerOf(int maxDeliver, long ackWaitNanos) {
    return js().createStream(StreamConfig.builder(name).subjects(name + ".>").build())
        .createConsumer(
            ConsumerConfig.builder()
                .durableName("C")
                .ackPolicy(AckPolicy.EXPLICIT)
                .ackWaitNanos(ackWaitNanos)
                .maxDeliver(maxDeliver)
                .build());
  }

  private static StreamMessage awaitLetter(JsStream dead) {
    Eventually.holds(PATIENCE, dead::info, () -> dead.info().state().messages() == 1);
    return dead.message(1).orElseThrow();
  }
}
