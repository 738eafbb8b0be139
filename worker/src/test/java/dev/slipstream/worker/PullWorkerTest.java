// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Message;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the handler says, and what the public server makes of it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWorkerTest extends WorkerFixture {
  @Test
  void everyMessageIsHandledOnceInOrderAndTheStateGoesAlong() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(50);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 100);
    recorder.awaitHandled(50);
    for (int i = 0; i < 50; i++) {
      assertThat(recorder.handled.get(i).text()).isEqualTo(Integer.toString(i + 1));
      assertThat(recorder.states.get(i)).isEqualTo(100 + i);
    }
    ConsumerInfo info = awaitInfo(consumer, seen -> seen.ackFloor().streamSeq() == 50);
    assertThat(info.numAckPending()).isZero();
    assertThat(info.delivered().consumerSeq()).isEqualTo(50);
    assertThat(ref.status()).isEqualTo(WorkerStatus.RUNNING);
  }

  @Test
  void theAckAsksForTheNextMessageInTheSameFrame() throws Exception {
    consumer(ACK_WAIT_NANOS);
    publish(20);
    try (SyncSubscription all = client.subscribeSync("$JS.>")) {
      client.flush(Duration.ofSeconds(10));
      Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
      workers.start(recorder, 0);
      List<String> order = new ArrayList<>();
      while (order.size() < 21) {
        Message sent = Objects.requireNonNull(all.poll(Duration.ofSeconds(10)));
        if (sent.subject().startsWith("$JS.API.CONSUMER.MSG.NEXT." + name + ".")) {
          order.add("pull");
        } else if (sent.subject().startsWith("$JS.ACK." + name + ".")) {
          order.add(sent.text().startsWith("+NXT {") ? "ack and pull" : sent.text());
        }
      }
      assertThat(order.get(0)).isEqualTo("pull");
      assertThat(order.subList(1, 21)).containsOnly("ack and pull");
      assertThat(recorder.overlapped).isFalse();
    }
  }

  @Test
  void aNackedMessageComesAgainWithDeliveryCountTwo() {
    consumer(ACK_WAIT_NANOS);
    publish(2);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) ->
                message.text().equals("1") && message.info().delivered() == 1
                    ? Reply.nack(state)
                    : Reply.ack(state));
    workers.start(recorder, 0);
    recorder.awaitHandled(3);
    JsMessage again =
        recorder.handled.stream()
            .filter(message -> message.info().delivered() == 2)
            .findFirst()
            .orElseThrow();
    assertThat(again.text()).isEqualTo("1");
    assertThat(recorder.texts()).containsExactlyInAnyOrder("1", "2", "1");
  }

  @Test
  void aMessageNackedWithADelayComesAgainAfterIt() {
    consumer(ACK_WAIT_NANOS);
    publish(1);
    CompletableFuture<Long> nacked = new CompletableFuture<>();
    CompletableFuture<Long> again = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              if (message.info().delivered() == 1) {
                nacked.complete(System.nanoTime());
                return Reply.nack(state, Duration.ofMillis(300));
              }
              again.complete(System.nanoTime());
              return Reply.ack(state);
            });
    workers.start(recorder, 0);
    assertThat(again.join() - nacked.join()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250));
  }

  @Test
  void aTermedMessageIsNeverDeliveredAgainAndTheServerTellsTheReason() throws Exception {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(200));
    try (SyncSubscription advisories =
        client.subscribeSync("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED." + name + ".C")) {
      client.flush(Duration.ofSeconds(10));
      publish(2);
      Recorder recorder =
          new Recorder(
              options().build(),
              (message, state) ->
                  message.text().equals("1")
                      ? Reply.term(state, "cannot be read")
                      : Reply.ack(state));
      workers.start(recorder, 0);
      recorder.awaitHandled(2);
      assertThat(Objects.requireNonNull(advisories.poll(Duration.ofSeconds(10))).text())
          .contains("cannot be read");
      ConsumerInfo info = awaitInfo(consumer, seen -> seen.ackFloor().streamSeq() == 2);
      assertThat(info.numRedelivered()).isZero();
      assertThat(recorder.texts()).containsExactly("1", "2");
    }
  }

  @Test
  void aMessageOfWhichNothingIsSaidCanBeSettledLaterByAnotherThread() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.none(state));
    workers.start(recorder, 0);
    recorder.awaitHandled(2);
    assertThat(consumer.info().numAckPending()).isEqualTo(2);
    recorder.handled.forEach(message -> assertThat(message.ack()).isTrue());
    awaitInfo(consumer, info -> info.numAckPending() == 0);
  }

  @Test
  void aMessageOfWhichNothingIsSaidComesAgainAfterTheAckWait() {
    consumer(TimeUnit.MILLISECONDS.toNanos(200));
    publish(1);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) ->
                message.info().delivered() == 1 ? Reply.none(state) : Reply.ack(state));
    workers.start(recorder, 0);
    recorder.awaitHandled(2);
    assertThat(recorder.handled.get(1).info().delivered()).isEqualTo(2);
  }

  @Test
  void theServerIsToldInTheWordsOfTheProtocol() throws Exception {
    consumer(ACK_WAIT_NANOS);
    publish(6);
    try (SyncSubscription pulls = client.subscribeSync("$JS.API.CONSUMER.MSG.NEXT." + name + ".C");
        SyncSubscription acks = client.subscribeSync("$JS.ACK." + name + ".C.1.>")) {
      client.flush(Duration.ofSeconds(10));
      Recorder recorder =
          new Recorder(
              options().build(),
              (message, state) ->
                  message.info().delivered() > 1
                      ? Reply.ack(state)
                      : switch (message.text()) {
                        case "2" -> Reply.nack(state);
                        case "3" -> Reply.nack(state, Duration.ofMillis(1500));
                        case "4" -> Reply.term(state);
                        case "5" -> Reply.term(state, "too late");
                        default -> Reply.ack(state);
                      });
      workers.start(recorder, 0);
      Set<String> bodies = new HashSet<>();
      for (int i = 0; i < 6; i++) {
        Message ack = Objects.requireNonNull(acks.poll(Duration.ofSeconds(10)));
        String sequence = ack.subject().split("\\.")[5];
        bodies.add(sequence + " " + ack.text());
      }
      String next = "+NXT {\"expires\":5000000000,\"batch\":1,\"idle_heartbeat\":2500000000}";
      assertThat(bodies)
          .containsExactlyInAnyOrder(
              "1 " + next,
              "2 -NAK",
              "3 -NAK {\"delay\":1500000000}",
              "4 +TERM",
              "5 +TERM too late",
              "6 " + next);
      for (int i = 0; i < 5; i++) { // at first, and behind each that was not acked
        assertThat(Objects.requireNonNull(pulls.poll(Duration.ofSeconds(10))).text())
            .isEqualTo(next.substring("+NXT ".length()));
      }
    }
  }
}
