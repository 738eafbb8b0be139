// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers on a named connection, whose server comes and goes. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionChildTest {
  private final Workers workers = Workers.create();

  @AfterEach
  void close() {
    workers.close();
  }

  private static ClientOptions quick(ServerProcess server) {
    return ClientOptions.builder()
        .servers(server.url())
        .reconnectDelay(Duration.ofMillis(10), Duration.ofMillis(100))
        .build();
  }

  private static JetStream prepare(NatsClient client, int number) {
    return prepare(client.jetStream(), number);
  }

  private static JetStream prepare(JetStream js, int number) {
    js.createStream(
            StreamConfig.builder("TEST_STREAM_" + number).subjects("test." + number + ".>").build())
        .createConsumer(
            ConsumerConfig.builder()
                .durableName("TEST_CONSUMER_" + number)
                .ackPolicy(AckPolicy.EXPLICIT)
                .build());
    return js;
  }

  private static void publish(JetStream js, int number, String text) {
    js.publish("test." + number + ".x", text.getBytes(StandardCharsets.UTF_8));
  }

  private static WorkerOptions.Builder options(int number) {
    return WorkerOptions.builder().connection("gnat").stream("TEST_STREAM_" + number)
        .consumer("TEST_CONSUMER_" + number)
        .connectionRetryTimeout(Duration.ofMillis(50));
  }

  private static Recorder acking(WorkerOptions options) {
    return new Recorder(options, (message, state) -> Reply.ack(state));
  }

  /** A connection that comes back quickly, and a worker on it. */
  private Supervisor treeOn(ServerProcess server, Recorder worker) {
    return Supervisor.oneForOne()
        .child(ChildSpec.connection("gnat", quick(server)))
        .child(worker, 0)
        .start(workers);
  }

  /** Asks the server until it knows of so many acks; the timeout of the test is the limit. */
  private static void awaitAcked(JetStream js, long upTo) {
    PullConsumer consumer = js.bindConsumer("TEST_STREAM_1", "TEST_CONSUMER_1");
    ConsumerInfo info = consumer.info();
    while (info.ackFloor().streamSeq() != upTo) {
      info = consumer.info();
    }
  }

  /** The example of the documentation: options depend on the argument. */
  private static final class MyPullConsumer implements PullWorker<Integer, Long> {
    final ConcurrentHashMap<Integer, String> seen = new ConcurrentHashMap<>();
    final CountDownLatch handled = new CountDownLatch(2);

    @Override
    public Init<Long> init(Integer counter) {
      return Init.ok(
          0L,
          WorkerOptions.builder().connection("gnat").stream("TEST_STREAM_" + counter)
              .consumer("TEST_CONSUMER_" + counter)
              .build());
    }

    @Override
    public Reply<Long> handleMessage(JsMessage message, Long count) {
      seen.put(message.info().stream().endsWith("1") ? 1 : 2, message.text());
      handled.countDown();
      return Reply.ack(count + 1);
    }
  }

  @Test
  void aTreeOfAConnectionAndTwoWorkersWorksAndIsClosed() throws Exception {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = prepare(client, 1);
      prepare(client, 2);
      MyPullConsumer consumer = new MyPullConsumer();
      try (Supervisor tree =
          Supervisor.oneForOne()
              .child(ChildSpec.connection("gnat", ClientOptions.of(server.url())))
              .child(ChildSpec.of(consumer, 1).id("first"))
              .child(ChildSpec.of(consumer, 2).id("second").name("two"))
              .start(workers)) {
        publish(js, 1, "one");
        publish(js, 2, "two");
        consumer.handled.await();
        assertThat(consumer.seen).containsEntry(1, "one").containsEntry(2, "two");
        assertThat(workers.find("two").map(WorkerRef::status)).contains(WorkerStatus.RUNNING);
        assertThat(tree.children())
            .extracting(ChildState::id)
            .isEqualTo(List.of("gnat", "first", "second"));
      }
      assertThat(workers.names()).isEmpty();
    }
  }

  @Test
  void aServerThatEndsAndComesBackIsWorkedOnAgainByTheSameLife() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(quick(server))) {
      JetStream js = prepare(client, 1);
      Recorder recorder = acking(options(1).connectionRetries(1_000_000).build());
      Supervisor tree = treeOn(server, recorder);
      WorkerRef worker = tree.child(Recorder.class.getName()).orElseThrow();
      publish(js, 1, "before");
      recorder.awaitHandled(1);

      awaitAcked(js, 1);
      server.stop();
      Recorder.awaitStatus(worker, WorkerStatus.CONNECTING);
      server.start();
      Recorder.awaitStatus(worker, WorkerStatus.RUNNING);
      publish(js, 1, "after");
      recorder.awaitHandled(1);
      assertThat(recorder.texts()).containsExactly("before", "after");
      assertThat(recorder.states).containsExactly(0, 1);
      assertThat(recorder.connected).hasValue(2);
      assertThat(recorder.inits).hasValue(1);
    }
  }

  @Test
  void aServerThatStaysAwayEndsTheWorkerForTimeoutAndTheNextLifeWaitsForIt() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(quick(server))) {
      JetStream js = prepare(client, 1);
      Recorder recorder = acking(options(1).connectionRetries(2).build());
      Supervisor tree =
          Supervisor.oneForOne()
              .maxRestarts(1000, Duration.ofSeconds(1))
              .child(ChildSpec.connection("gnat", quick(server)))
              .child(recorder, 0)
              .start(workers);
      publish(js, 1, "before");
      recorder.awaitHandled(1);
      server.kill();
      assertThat(recorder.terminated.join()).isInstanceOf(StopReason.Timeout.class);
      server.start();
      publish(js, 1, "after");
      recorder.awaitText("after"); // a killed server may have lost the first ack
      assertThat(tree.children().get(1).starts()).isGreaterThan(1);
      assertThat(tree.children().get(0).starts()).isEqualTo(1);
    }
  }

  /** Waits so long that only the connection's return leads to another attempt. */
  private WorkerOptions patient(NatsClient client, int retries) {
    return options(1)
        .connection(client)
        .connectionRetries(retries)
        .connectionRetryTimeout(Duration.ofMinutes(1))
        .build();
  }

  @Test
  void retriesAreCountedAnewEachTimeTheConnectionIsLost() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(quick(server))) {
      JetStream js = prepare(client, 1);
      Recorder recorder = acking(patient(client, 2));
      WorkerRef ref = workers.start(recorder, 0);
      for (int losses = 0; losses < 8; losses++) {
        recorder.awaitConnected(losses + 1);
        Recorder.awaitStatus(ref, WorkerStatus.RUNNING);
        client.forceReconnect();
      }
      recorder.awaitConnected(9);
      publish(js, 1, "still here");
      recorder.awaitText("still here");
      assertThat(ref.stopReason()).isEmpty();
    }
  }

  @Test
  void aLossThatCostsTheLookUpItsAnswerIsNotWaitedOut() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(quick(server))) {
      JetStream js = prepare(client, 1);
      Recorder recorder = acking(patient(client, 1_000_000));
      workers.start(recorder, 0);
      for (int losses = 0; losses < 300; losses++) {
        client.forceReconnect();
        client.flush(Duration.ofSeconds(10)); // stands again; the worker is looking or not
      }
      publish(js, 1, "still here");
      recorder.awaitText("still here");
    }
  }

  @Test
  void aConnectionWhoseServerIsNotThereYetStartsAndFindsItLater() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().reserve()) {
      Recorder recorder = acking(options(1).connectionRetries(1_000_000).build());
      Supervisor tree = treeOn(server, recorder);
      assertThat(tree.children())
          .extracting(ChildState::status)
          .containsExactly(WorkerStatus.CONNECTING, WorkerStatus.CONNECTING);
      server.start();
      try (NatsClient client = NatsClient.connect(server.url())) {
        publish(prepare(client, 1), 1, "late");
        recorder.awaitHandled(1);
      }
    }
  }

  @Test
  void aClientThatIsClosedBehindItsBackIsReplaced() {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start();
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = prepare(client, 1);
      Recorder recorder = acking(options(1).connectionRetries(1_000_000).build());
      treeOn(server, recorder);
      publish(js, 1, "one");
      recorder.awaitHandled(1);
      NatsClient first = workers.connection("gnat").orElseThrow();
      first.close();
      publish(js, 1, "two");
      recorder.awaitHandled(1);
      assertThat(recorder.texts()).containsExactly("one", "two");
      assertThat(recorder.inits).hasValue(1);
      assertThat(workers.connection("gnat")).get().isNotSameAs(first);
      assertThat(workers.connection("nobody")).isEmpty();
    }
  }

  @Test
  void aConsumerInADomainIsFoundThere() {
    try (ServerProcess server =
            ServerProcess.natsServer()
                .jetStream()
                .configuration("jetstream { domain: hub }")
                .start();
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = prepare(client.jetStream(JetStreamOptions.defaults().domain("hub")), 1);
      publish(js, 1, "in the hub");
      Recorder recorder =
          acking(options(1).connection(client).domain("hub").connectionRetries(0).build());
      workers.start(recorder, 0);
      recorder.awaitHandled(1);
      assertThat(recorder.texts()).containsExactly("in the hub");

      Recorder elsewhere =
          acking(options(1).connection(client).domain("edge").connectionRetries(0).build());
      CompletableFuture<StopReason> stopped = workers.start(elsewhere, 0).stopped();
      assertThat(stopped.join()).isInstanceOf(StopReason.Timeout.class);
    }
  }
}
