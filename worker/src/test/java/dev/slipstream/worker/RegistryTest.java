// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names, ids and arguments as a tree is written down: what is found by which. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegistryTest extends WorkerFixture {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void aNameFindsThePresentLifeAfterARestart() {
    List<OwnChild> lives = new CopyOnWriteArrayList<>();
    Supervisor.oneForOne()
        .child(
            ChildSpec.of(
                    "child",
                    (where, id) -> {
                      OwnChild child = new OwnChild();
                      lives.add(child);
                      return child;
                    })
                .name("orders"))
        .start(workers);
    WorkerRef first = workers.find("orders").orElseThrow();
    lives.get(0).stopped.complete(new StopReason.Failed(new IllegalStateException("broken")));
    Eventually.holds(
        LIMIT,
        workers::names,
        () ->
            workers.find("orders").filter(now -> now.status() == WorkerStatus.RUNNING).isPresent());
    WorkerRef second = workers.find("orders").orElseThrow();
    assertThat(first.status()).isEqualTo(WorkerStatus.STOPPED);
    assertThat(second.stopReason()).isEmpty();
    second.close();
    assertThat(lives.get(1).stopped).isCompletedWithValue(new StopReason.Shutdown());
  }

  @Test
  void aCallbackFindsTheOthersByTheirNames() {
    CompletableFuture<String> seen = new CompletableFuture<>();
    InitOnly looking =
        argument -> {
          seen.complete(
              workers.names() + " " + workers.find("other").map(WorkerRef::id).orElse("nobody"));
          return Init.ignore();
        };
    Supervisor.oneForOne()
        .child(ChildSpec.of("first", (where, id) -> new OwnChild()).name("other"))
        .child(ChildSpec.of(looking, 0).id("second").name("looking"))
        .start(workers);
    assertThat(seen.join()).isEqualTo("[looking, other] first");
    assertThat(workers.find("looking")).isEmpty(); // it did not want to run
  }

  @Test
  void aConnectionIsFoundByItsNameAndSoIsASupervisor() {
    Supervisor.oneForOne()
        .child(ChildSpec.connection("gnat", ClientOptions.of(server.url())))
        .child(ChildSpec.of("pool", Supervisor.oneForOne()).name("the pool"))
        .start(workers);
    WorkerRef connection = workers.find("gnat").orElseThrow();
    assertThat(connection.id()).isEqualTo("gnat");
    assertThat(connection.status()).isEqualTo(WorkerStatus.RUNNING);
    assertThat(workers.find("the pool")).containsInstanceOf(Supervisor.class);
  }

  @Test
  void aNameThatIsTakenIsRefusedWithItsOwnerAndLeavesNothingBehind() {
    Supervisor pool = Supervisor.oneForOne().start(workers);
    pool.startChild(ChildSpec.of("a", (where, id) -> new OwnChild()).name("orders"));
    assertThatThrownBy(
            () -> pool.startChild(ChildSpec.of("b", (where, id) -> new OwnChild()).name("orders")))
        .isInstanceOf(StartFailedException.class)
        .hasRootCauseMessage("name 'orders' is taken by a, which is RUNNING");
    assertThat(pool.children()).extracting(ChildState::id).containsExactly("a");
    pool.stopChild("a");
    pool.startChild(ChildSpec.of("b", (where, id) -> new OwnChild()).name("orders"));
    assertThat(workers.find("orders").map(WorkerRef::id)).contains("b");
    assertThatThrownBy(() -> pool.restartChild("a"))
        .hasRootCauseMessage("name 'orders' is taken by b, which is RUNNING");
  }

  /** A worker that is written down by itself, as most are. */
  private static final class Bare implements PullWorker<Void, String> {
    @Override
    public Init<String> init(Void nothing) {
      return Init.ok(
          "initial",
          WorkerOptions.builder().connection("nobody").stream("S")
              .consumer("C")
              .connectionRetries(1_000_000)
              .build());
    }

    @Override
    public Reply<String> handleMessage(JsMessage message, String state) {
      throw new AssertionError("there is nothing to handle");
    }
  }

  @Test
  void aBareWorkerIsAPermanentChildWithTheNameOfItsClassAndNoArgument() {
    Supervisor tree = Supervisor.oneForOne().child(new Bare()).start(workers);
    SupervisionTree.Node child = tree.tree().root().children().get(0);
    assertThat(child.id()).isEqualTo(Bare.class.getName());
    assertThat(child.restart()).isEqualTo(Restart.PERMANENT);
    assertThat(child.name()).isNull();
    assertThat(tree.child(Bare.class.getName()).orElseThrow().workerState()).contains("initial");
  }

  @Test
  void anArgumentANameAndATimeToStopGoTogetherInOneStart() {
    InitOnly worker =
        argument -> {
          Init.Ok<Integer> seeking = (Init.Ok<Integer>) InitOnly.seeking();
          return Init.ok(argument * 2, seeking.options());
        };
    WorkerRef ref =
        workers.start(
            ChildSpec.of(worker, 21).id("w").name("doubling").shutdown(Duration.ofSeconds(10)));
    assertThat(workers.find("doubling").flatMap(WorkerRef::workerState)).contains(42);
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Shutdown());
  }
}
