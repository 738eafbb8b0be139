// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.testkit.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process with a supervision tree does when it is asked to end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExitTest extends WorkerFixture {
  private static final int ENDED_BY_SIGTERM = 128 + 15;

  private Process process(boolean slow) throws IOException {
    String logging = "-Djava.util.logging.manager=" + ExitingTree.KeepingLogManager.class.getName();
    return new ProcessBuilder(
            JavaProgram.command(
                List.of(logging), ExitingTree.class, server.url(), name, Boolean.toString(slow)))
        .redirectErrorStream(true)
        .start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Reads up to the line that holds {@code text}. */
  private static String await(BufferedReader lines, String text) throws IOException {
    List<String> seen = new ArrayList<>();
    String line;
    while ((line = lines.readLine()) != null) {
      seen.add(line);
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("no line with \"" + text + "\" in " + seen);
  }

  @Test
  void aSigtermStopsTheTreeInReverseOrderAndWhatIsHandledIsAcknowledged() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    Process process = process(false);
    try (BufferedReader lines = output(process)) {
      await(lines, "handling 1");
      process.toHandle().destroy(); // SIGTERM, and its output stays open
      List<String> rest = lines.lines().filter(line -> !line.startsWith("awaited")).toList();
      assertThat(rest)
          .containsExactly("stopped last", "handled 1", "terminated Shutdown[]", "stopped first");
      assertThat(process.waitFor()).isEqualTo(ENDED_BY_SIGTERM);
    } finally {
      process.destroyForcibly();
    }
    ConsumerInfo info = consumer.info();
    assertThat(info.ackFloor().streamSeq()).isEqualTo(1);
    // the second message is for others: it was not asked for, or it was handed back
    assertThat(info.numAckPending() + info.numPending()).isEqualTo(1);
    assertThat(consumer.next(Duration.ofSeconds(10)).orElseThrow().text()).isEqualTo("2");
  }

  @Test
  void anExitThatTakesLongSaysWhatItWaitsFor() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(1);
    Process process = process(true);
    try (BufferedReader lines = output(process)) {
      await(lines, "handling 1");
      process.toHandle().destroy();
      assertThat(await(lines, "the exit of the JVM waits for"))
          .endsWith("the exit of the JVM waits for " + Supervisor.class.getName() + "/inner/busy");
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      await(lines, "handled 1");
      assertThat(process.waitFor()).isEqualTo(ENDED_BY_SIGTERM);
    } finally {
      process.destroyForcibly();
    }
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(1);
  }

  @Test
  void theHookIsTakenOutWhenTheTreeStopsBefore() throws Exception {
    Supervisor tree = Supervisor.oneForOne().start(workers);
    ExitHook hook = ExitHook.of(tree);
    assertThat(ExitHook.of(tree.stopOnExit())).isSameAs(hook);
    assertThatThrownBy(() -> Runtime.getRuntime().addShutdownHook(hook.thread()))
        .isInstanceOf(IllegalArgumentException.class); // it is there already
    tree.close();
    hook.removed().get();
    assertThat(Runtime.getRuntime().removeShutdownHook(hook.thread())).isFalse();
  }

  @Test
  void awaitStopReturnsWhyTheTreeHasStopped() throws Exception {
    OwnChild child = new OwnChild();
    Supervisor tree =
        Supervisor.oneForOne()
            .child(ChildSpec.of("child", (where, id) -> child).restart(Restart.TEMPORARY))
            .start(workers);
    CompletableFuture<StopReason> reason =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return tree.awaitStop();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    tree.close();
    assertThat(reason.get(10, TimeUnit.SECONDS)).isEqualTo(new StopReason.Shutdown());
    assertThat(tree.awaitStop()).isEqualTo(new StopReason.Shutdown());
  }

  @Test
  void aCallbackDoesNotWaitForItsOwnEnd() {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    InitOnly waiting =
        argument -> {
          try {
            workers.find("self").orElseThrow().awaitStop();
          } catch (IllegalStateException refused) {
            thrown.complete(refused);
          }
          return InitOnly.seeking();
        };
    workers.start(ChildSpec.of(waiting, 0).id("self").name("self"));
    assertThat(thrown.join()).hasMessage("a callback must not wait for its own end, that of self");
  }

  @Test
  void anInterruptEndsTheWaitingOfALinkedThread() throws Exception {
    OwnChild child = new OwnChild();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CompletableFuture<Boolean> linked = new CompletableFuture<>();
    Supervisor tree = Supervisor.oneForOne().start(workers);
    Thread main =
        new Thread(
            () -> {
              workers.startLinked(ChildSpec.of("linked", (where, id) -> child));
              linked.complete(true);
              try {
                tree.awaitStop();
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    main.start();
    linked.get();
    child.stopped.complete(new StopReason.Failed(new IllegalStateException("broken")));
    assertThat(interrupted.get()).isTrue();
    main.join();
  }
}
