// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What the handler says, and what the public server makes of it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWorkerTest {
  private static final long ACK_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static NatsServer server;
  private static NatsClient client;

  private final Workers workers = Workers.create();
  private String name = "";

  @BeforeAll
  static void start() {
    server = NatsServer.started();
    client = NatsClient.connect(server.url());
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void name(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void close() {
    workers.close();
  }

  private static JetStream js() {
    return client.jetStream();
  }

  /** A stream and a durable consumer of the test's own. */
  private PullConsumer consumer(long ackWaitNanos) {
    JsStream stream = js().createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    return stream.createConsumer(
        ConsumerConfig.builder()
            .durableName("C")
            .ackPolicy(AckPolicy.EXPLICIT)
            .ackWaitNanos(ackWaitNanos)
            .build());
  }

  private void publish(int count) {
    for (int i = 1; i <= count; i++) {
      js().publish(name + "." + i, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  private WorkerOptions.Builder options() {
    return WorkerOptions.builder().connection(client).stream(name)
        .consumer("C")
        .connectionRetryTimeout(Duration.ofMillis(20))
        .connectionRetries(3);
  }

  /** Asks the server until it says what is expected; the timeout of the test is the limit. */
  private static ConsumerInfo awaitInfo(PullConsumer consumer, Predicate<ConsumerInfo> expected) {
    while (true) {
      ConsumerInfo info = consumer.info();
      if (expected.test(info)) {
        return info;
      }
    }
  }

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
  void theNextMessageIsAskedForWhenTheOneAtHandIsSettled() throws Exception {
    consumer(ACK_WAIT_NANOS);
    publish(20);
    try (SyncSubscription all = client.subscribeSync("$JS.>")) {
      client.flush(Duration.ofSeconds(10));
      Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
      workers.start(recorder, 0);
      List<String> order = new ArrayList<>();
      while (order.size() < 40) {
        String subject = Objects.requireNonNull(all.poll(Duration.ofSeconds(10))).subject();
        if (subject.startsWith("$JS.API.CONSUMER.MSG.NEXT." + name + ".")) {
          order.add("pull");
        } else if (subject.startsWith("$JS.ACK." + name + ".")) {
          order.add("ack");
        }
      }
      for (int i = 0; i < 40; i++) {
        assertThat(order.get(i)).isEqualTo(i % 2 == 0 ? "pull" : "ack");
      }
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
        assertThat(Objects.requireNonNull(pulls.poll(Duration.ofSeconds(10))).text())
            .contains("\"batch\":1,");
      }
      assertThat(bodies)
          .containsExactlyInAnyOrder(
              "1 +ACK",
              "2 -NAK",
              "3 -NAK {\"delay\":1500000000}",
              "4 +TERM",
              "5 +TERM too late",
              "6 +ACK");
    }
  }

  @Test
  void aHandlerThatThrowsEndsTheLifeAndTheNextOneBeginsAnew() {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(3);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              if (message.text().equals("2") && message.info().delivered() == 1) {
                throw new IllegalStateException("cannot do two");
              }
              return Reply.ack(state);
            });
    Supervisor tree = Supervisor.oneForOne().child(recorder, 0).start(workers);
    recorder.awaitHandled(4);
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 3);
    assertThat(recorder.states).startsWith(0, 1).contains(0, 1);
    assertThat(recorder.inits).hasValue(2);
    ChildState child = tree.children().get(0);
    assertThat(child.starts()).isEqualTo(2);
    assertThat(Objects.requireNonNull(child.lastStop()).cause()).hasMessage("cannot do two");
    assertThat(recorder.terminated.join()).isInstanceOf(StopReason.Failed.class);
  }

  @Test
  void aMissingConsumerIsLookedForAndThenTheWorkerStopsForTimeout() {
    js().createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.stopped().join())
        .isInstanceOfSatisfying(
            StopReason.Timeout.class,
            timeout -> {
              assertThat(timeout.attempts()).isEqualTo(4);
              assertThat(timeout.last()).isInstanceOf(ConsumerNotFoundException.class);
            });
    assertThat(recorder.terminated).isCompletedWithValue(ref.stopReason().orElseThrow());
    assertThat(recorder.connected).hasValue(0);
  }

  @Test
  void aMissingStreamIsLookedForToo() {
    WorkerRef ref =
        workers.start(new Recorder(options().build(), (message, state) -> Reply.ack(state)), 0);
    assertThat(ref.stopped().join().cause()).isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void aConsumerThatIsMadeWhileItIsLookedForIsFound() {
    Recorder recorder =
        new Recorder(
            options().connectionRetries(1_000_000).build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.status()).isEqualTo(WorkerStatus.CONNECTING);
    consumer(ACK_WAIT_NANOS);
    publish(1);
    recorder.awaitHandled(1);
    assertThat(recorder.connected).hasValue(1);
  }

  @Test
  void aConsumerThatIsDeletedUnderItEndsItForTimeout() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(1);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    recorder.awaitHandled(1);
    awaitInfo(consumer, info -> info.numWaiting() == 1);
    assertThat(consumer.delete()).isTrue();
    assertThat(ref.stopped().join()).isInstanceOf(StopReason.Timeout.class);
  }

  @Test
  void closeLeavesNoPullBehindThatSwallowsMessages() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    awaitInfo(consumer, info -> info.numWaiting() == 1);
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Shutdown());
    assertThat(recorder.terminated).isCompletedWithValue(new StopReason.Shutdown());

    publish(1);
    JsMessage message = consumer.next(Duration.ofSeconds(10)).orElseThrow();
    assertThat(message.text()).isEqualTo("1");
    assertThat(recorder.handled).isEmpty();
  }

  @Test
  void closeLetsTheHandlerFinish() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              entered.countDown();
              released.await();
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 0);
    entered.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(ref::close);
    Recorder.awaitStatus(ref, WorkerStatus.STOPPING);
    assertThat(closing).isNotDone();
    released.countDown();
    closing.get();
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 1);
    assertThat(recorder.texts()).containsExactly("1");
  }

  @Test
  void aHandlerMayCloseItsOwnWorker() {
    consumer(ACK_WAIT_NANOS);
    publish(2);
    CompletableFuture<WorkerRef> self = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              self.join().close();
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 0);
    self.complete(ref);
    assertThat(ref.stopped().join()).isEqualTo(new StopReason.Shutdown());
    assertThat(recorder.texts()).containsExactly("1");
  }

  @Test
  void aBrutalShutdownInterruptsTheHandlerAndLeavesItsMessageToOthers() throws Exception {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(1);
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(ChildSpec.of(recorder, 0).shutdown(ChildSpec.BRUTAL));
    entered.await();
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Killed());
    assertThat(interrupted.join()).isTrue();
    JsMessage again = consumer.next(Duration.ofSeconds(10)).orElseThrow();
    assertThat(again.info().delivered()).isEqualTo(2);
    assertThat(recorder.terminated).isNotDone();
  }

  @Test
  void theInboxesOfTheConnectionAreThoseTheWorkerInsistsOn() {
    consumer(ACK_WAIT_NANOS);
    publish(1);
    Recorder insisting =
        new Recorder(options().inboxPrefix("_ME.").build(), (message, state) -> Reply.ack(state));
    assertThat(workers.start(insisting, 0).stopped().join().cause()).hasMessageContaining("'_ME.'");
    try (NatsClient own =
        NatsClient.connect(
            ClientOptions.builder().servers(server.url()).inboxPrefix("_ME.").build())) {
      Recorder content =
          new Recorder(
              options().connection(own).inboxPrefix("_ME.").build(),
              (message, state) -> Reply.ack(state));
      WorkerRef ref = workers.start(content, 0);
      content.awaitHandled(1);
      ref.close();
    }
  }
}
