// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections a server or an account has, and how many it may have. Thread-safe. */
final class ConnectionCount {
  private final int most;
  private final AtomicInteger now = new AtomicInteger();

  /** A count that admits {@code most} connections; a negative number admits any. */
  ConnectionCount(int most) {
    this.most = most;
  }

  /** Counts a connection in, unless there are as many as there may be. */
  boolean admit() {
    if (now.incrementAndGet() > most && most >= 0) {
      now.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Counts a connection out. */
  void leave() {
    now.decrementAndGet();
  }

  int now() {
    return now.get();
  }
}
