// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What must not be there when the client that used it is closed: threads, sockets, messages. */
final class Leftovers {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What uses clients and closes them. */
  interface Use {
    void run() throws Exception;
  }

  private Leftovers() {}

  /** Runs {@code use} and expects no more threads than before. */
  static void assertNoThreads(Use use) throws Exception {
    use.run(); // once, so that threads of the JDK's own are there
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    use.run();
    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    after.removeAll(before);
    after.removeIf(Leftovers::isOfTheJdk);
    for (Thread thread : after) {
      thread.join(1_000); // one that says it has ended may have some steps left to go
    }
    after.removeIf(thread -> !thread.isAlive());
    assertThat(after).isEmpty();
  }

  /** As above with sockets and selectors; for Linux only. */
  static void assertNoSockets(Use use) throws Exception {
    use.run();
    awaitLoops();
    long before = sockets();
    for (int i = 0; i < 5; i++) {
      use.run();
    }
    awaitLoops();
    assertThat(sockets()).isEqualTo(before);
  }

  /** A drain leaves no message that has come, and then the client is closed. */
  static void assertNoMessages(NatsClient nc) throws Exception {
    AtomicInteger handled = new AtomicInteger();
    nc.subscribe("drain", m -> handled.incrementAndGet());
    for (int i = 0; i < 1000; i++) {
      nc.publish("drain", null);
    }
    nc.drain(PATIENCE).get(20, TimeUnit.SECONDS);
    assertThat(handled).hasValue(1000);
    assertThat(nc.state()).isEqualTo(ClientState.CLOSED);
  }

  /** A connect that failed has thrown before its loop closes the selector, with its last step. */
  private static void awaitLoops() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("slipstream-")) {
        thread.join(1_000);
      }
    }
  }

  /** Carriers of virtual threads come and go as the JDK likes. */
  private static boolean isOfTheJdk(Thread thread) {
    String name = thread.getName();
    return name.startsWith("ForkJoinPool") || name.startsWith("VirtualThread");
  }

  private static long sockets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(Leftovers::isSocketOrSelector).count();
    }
  }

  private static boolean isSocketOrSelector(Path file) {
    try {
      String target = Files.readSymbolicLink(file).toString();
      return target.startsWith("socket:") || target.contains("eventpoll");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
