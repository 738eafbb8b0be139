// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.ServerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slow end of a server that accepts nobody any more: its clients are told, and after the grace
 * period they are closed one after the other, so that not all of them come to the next server at
 * once.
 *
 * <p>Runs on a thread of its own. Source: lame_duck_duration and lame_duck_grace_period of the
 * public server's configuration.
 */
final class LameDuck {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");
  private static final long LONGEST_PAUSE_NANOS = 1_000_000_000L;

  private final ServerLoops loops;
  private final ServerConfig config;
  private final Random random;
  private final CountDownLatch serverCloses;

  /** {@code serverCloses} ends the waiting early. */
  LameDuck(ServerLoops loops, ServerConfig config, Random random, CountDownLatch serverCloses) {
    this.loops = loops;
    this.config = config;
    this.random = random;
    this.serverCloses = serverCloses;
  }

  /** Returns when the last client is told to go, or when the server closes by itself. */
  void run() throws InterruptedException {
    List<Leaving> clients = tellAll();
    if (clients.isEmpty() || isOver(config.lameDuckGracePeriodNanos())) {
      return;
    }
    LOG.info("Closing existing clients");
    Collections.shuffle(clients, random);
    long pause = longestPause(clients.size());
    for (int i = 0; i < clients.size(); i++) {
      if (i > 0 && isOver(pause / 2 + random.nextLong(pause / 2 + 1))) {
        return;
      }
      clients.get(i).close();
    }
  }

  private record Leaving(ServerLoop loop, ClientConnection connection) {
    void close() {
      loop.post(() -> connection.close(CloseReason.SERVER_SHUTDOWN));
    }
  }

  private List<Leaving> tellAll() {
    List<Leaving> all = new ArrayList<>();
    loops.gather(LameDuck::tell).forEach(all::addAll);
    return all;
  }

  private static List<Leaving> tell(ServerLoop loop) {
    List<Leaving> told = new ArrayList<>();
    for (ClientConnection connection : List.copyOf(loop.connections().values())) {
      connection.tellLameDuck();
      told.add(new Leaving(loop, connection));
    }
    return told;
  }

  private long longestPause(int clients) {
    long spread = config.lameDuckDurationNanos() - config.lameDuckGracePeriodNanos();
    return Math.min(spread / clients, LONGEST_PAUSE_NANOS);
  }

  private boolean isOver(long nanos) throws InterruptedException {
    return serverCloses.await(nanos, TimeUnit.NANOSECONDS);
  }
}
