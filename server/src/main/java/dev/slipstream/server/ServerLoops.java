// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All loops of a server, as seen from outside of them: one of them for a client that comes without
 * a socket, and each of them for what has to be done everywhere.
 *
 * <p>Thread-safe; what waits must not be called on a loop.
 */
final class ServerLoops {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");
  private static final long ANSWER_SECONDS = 10;

  private final List<ServerLoop> all;
  private final AtomicInteger next = new AtomicInteger();

  ServerLoops(List<ServerLoop> all) {
    this.all = all;
  }

  List<ServerLoop> all() {
    return all;
  }

  /** One after the other in turn. */
  ServerLoop next() {
    return all.get(Math.floorMod(next.getAndIncrement(), all.size()));
  }

  /** Runs a task on every loop and waits until all have run it. */
  void onEach(Consumer<ServerLoop> task) {
    CountDownLatch done = new CountDownLatch(all.size());
    for (ServerLoop loop : all) {
      loop.loop()
          .execute(
              () -> {
                try {
                  task.accept(loop);
                } finally {
                  done.countDown();
                }
              });
    }
    await(done);
  }

  /**
   * Asks every loop, on itself, and waits for all answers; those of a loop that ends are missing.
   */
  <T> List<T> gather(Function<ServerLoop, T> question) {
    Queue<T> answers = new ConcurrentLinkedQueue<>();
    onEach(loop -> answers.add(question.apply(loop)));
    return List.copyOf(answers);
  }

  /** Waits for what loops count down; says so in the log when it takes too long. */
  static void await(CountDownLatch answers) {
    try {
      if (!answers.await(ANSWER_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a loop does not answer");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
