// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ClientOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;

/**
 * The main class of a process with a supervision tree that a test ends with a signal. It prints
 * what happens, a line each.
 *
 * <p>Arguments: the server's URL, the stream, and whether the handler waits for longer than an exit
 * is patient.
 */
final class ExitingTree {
  private ExitingTree() {}

  /** Keeps its handlers at an exit, so that what is logged then is seen. */
  public static final class KeepingLogManager extends LogManager {
    @Override
    public void reset() {
      // what the JDK calls at an exit
    }
  }

  private static void say(String what) {
    System.out.println(what);
  }

  /** A child that says when it stops. */
  private static ChildSpec telling(String id) {
    return ChildSpec.of(
        id,
        (workers, given) -> {
          OwnChild child = new OwnChild();
          child.stopped.thenRun(() -> say("stopped " + id));
          return child;
        });
  }

  /** Handles one message, which lasts until the worker was asked to stop, and perhaps longer. */
  private static PullWorker<Integer, Integer> busy(String stream, CountDownLatch end) {
    Recorder recorder =
        new Recorder(
            WorkerOptions.builder().connection("gnat").stream(stream).consumer("C").build(),
            (message, state) -> {
              say("handling " + message.text());
              Recorder.awaitStatus(
                  Workers.shared().find("busy").orElseThrow(), WorkerStatus.STOPPING);
              end.await();
              say("handled " + message.text());
              return Reply.ack(state);
            });
    recorder.terminated.thenAccept(reason -> say("terminated " + reason));
    return recorder;
  }

  public static void main(String[] args) throws Exception {
    System.getLogger("exit").log(System.Logger.Level.INFO, "it logs before it exits");
    boolean slow = Boolean.parseBoolean(args[2]);
    CountDownLatch end = new CountDownLatch(slow ? 1 : 0);
    CompletableFuture.runAsync(
        () -> {
          try {
            // its handler is held until whoever started this process has seen what it waits for
            while (System.in.read() >= 0) {
              end.countDown();
            }
          } catch (java.io.IOException gone) {
            end.countDown();
          }
        });
    Supervisor tree =
        Supervisor.oneForOne()
            .child(telling("first"))
            .child(ChildSpec.connection("gnat", ClientOptions.of(args[0])))
            .child(
                "inner",
                Supervisor.oneForOne()
                    .child(
                        ChildSpec.of(busy(args[1], end), 0)
                            .id("busy")
                            .name("busy")
                            .shutdown(Duration.ofSeconds(20))))
            .child(telling("last"))
            .start()
            .stopOnExit()
            .stopOnExit();
    say("awaited " + tree.awaitStop());
  }
}
