// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What has handlers that may be busy when a client is drained. Thread-safe. */
final class Drainables {
  private final Connection connection;
  private final Set<Drainable> open = ConcurrentHashMap.newKeySet();

  /** Something that can finish what has come. */
  interface Drainable {
    /** Takes nothing new; done when all was handled, at the latest at the limit. */
    CompletableFuture<?> drain(Duration limit);
  }

  Drainables(Connection connection) {
    this.connection = connection;
  }

  /** Keeps {@code drainable} until {@code ended} is done. */
  void add(Drainable drainable, CompletableFuture<?> ended) {
    open.add(drainable);
    ended.whenComplete((done, failure) -> open.remove(drainable));
  }

  /** Drains all, waits for answers, flushes and closes the connection; at the limit it closes. */
  void drainAndClose(Duration limit) {
    CompletableFuture<?>[] ends =
        open.stream().map(each -> each.drain(limit)).toArray(CompletableFuture<?>[]::new);
    ClientLoop loop = connection.loop();
    loop.offer(
        () -> {
          connection.beginDrain();
          loop.schedule(TimeUnit.NANOSECONDS.convert(limit), this::close);
        });
    CompletableFuture.allOf(ends).whenComplete((done, failure) -> loop.offer(this::awaitAnswers));
  }

  private void awaitAnswers() {
    if (connection.isUp()) {
      connection.requests().whenIdle(() -> connection.ping(failure -> close()));
    } else {
      close();
    }
  }

  private void close() {
    connection.close(new ConnectionClosedException());
  }
}
