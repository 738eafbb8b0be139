// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is seen of workers and connections from outside. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ObservedTreeTest extends WorkerFixture {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void theStateOfAWorkerIsWhatItsLastCallbackLeft() {
    consumer(ACK_WAIT_NANOS);
    publish(3);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 40);
    recorder.awaitHandled(3);
    Eventually.holds(LIMIT, ref::workerState, () -> ref.workerState().equals(Optional.of(43)));
    ref.close();
    assertThat(ref.workerState()).contains(43);
  }

  @Test
  void whatHasNoStateShowsNone() {
    assertThat(workers.start((InitOnly) argument -> Init.ignore(), 0).workerState()).isEmpty();
    WorkerRef own = workers.start(ChildSpec.of("own", (where, id) -> new OwnChild()));
    assertThat(own.workerState()).isEmpty();
    assertThat(Supervisor.oneForOne().start(workers).workerState()).isEmpty();
  }

  @Test
  void everyCallbackOfAWorkerIsWatched() {
    for (Method callback : PullWorker.class.getDeclaredMethods()) {
      if (!Modifier.isStatic(callback.getModifiers()) && !callback.isSynthetic()) {
        assertThat(WatchedWorker.class)
            .as("a callback that is not handed on is lost")
            .hasDeclaredMethods(callback.getName());
      }
    }
  }

  @Test
  void aTreeIsUpWhileItsConnectionStandsAndSaysWhatIsMissingSinceWhen() {
    consumer(ACK_WAIT_NANOS);
    try (ServerProcess other = ServerProcess.natsServer().jetStream().start()) {
      Recorder recorder =
          new Recorder(
              options().connection("gnat").connectionRetries(1_000_000).build(),
              (message, state) -> Reply.ack(state));
      Supervisor tree =
          Supervisor.oneForOne()
              .child(ChildSpec.connection("away", quick(other)))
              .child(ChildSpec.connection("gnat", ClientOptions.of(server.url())))
              .child(ChildSpec.of(recorder, 7).id("worker"))
              .start(workers);
      Eventually.holds(LIMIT, tree::health, () -> tree.health().isUp());
      assertThat(tree.tree().root().children())
          .extracting(SupervisionTree.Node::kind)
          .containsExactly(
              SupervisionTree.Kind.CONNECTION,
              SupervisionTree.Kind.CONNECTION,
              SupervisionTree.Kind.WORKER);

      Instant before = Instant.now();
      other.stop();
      Eventually.holds(LIMIT, tree::health, () -> !tree.health().isUp());
      List<SupervisorHealth.Missing> missing = tree.health().missing();
      assertThat(missing).hasSize(1);
      assertThat(missing.get(0).path()).isEqualTo("away");
      assertThat(missing.get(0).status()).isEqualTo(WorkerStatus.CONNECTING);
      assertThat(missing.get(0).since()).isBetween(before, Instant.now());
      assertThat(tree.tree().toText())
          .contains("away (connection \"away\") CONNECTING for ")
          .contains("worker (worker) RUNNING for ");
      other.start();
      Eventually.holds(LIMIT, tree::health, () -> tree.health().isUp());
    }
  }

  private static ClientOptions quick(ServerProcess server) {
    return ClientOptions.builder()
        .servers(server.url())
        .reconnectDelay(Duration.ofMillis(10), Duration.ofMillis(100))
        .build();
  }

  @Test
  void aWorkerWhoseConsumerIsNotThereIsMissing() {
    Supervisor tree =
        Supervisor.oneForOne()
            .child(ChildSpec.of((InitOnly) argument -> InitOnly.seeking(), 0).id("seeking"))
            .start(workers);
    assertThat(tree.health().missing())
        .extracting(SupervisorHealth.Missing::path, SupervisorHealth.Missing::status)
        .containsExactly(tuple("seeking", WorkerStatus.CONNECTING));
  }
}
