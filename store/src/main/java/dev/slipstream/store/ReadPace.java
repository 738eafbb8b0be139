// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;

/**
 * How fast blocks are read from disk: as fast as it goes, but while messages are published no
 * faster than {@link StoreOptions#pacedReadBytes}, so that a consumer which catches up leaves
 * commits their time on the processors. Owner: the storage worker, but for {@link #published}.
 */
final class ReadPace {
  private static final long PUBLISHING_NANOS = 100_000_000;

  private final Clock clock;
  private final long bytesPerSecond;
  private volatile long publishedAtNanos;
  private long nextReadNanos;

  ReadPace(Clock clock, long bytesPerSecond) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
    long now = clock.nanos();
    publishedAtNanos = now - PUBLISHING_NANOS;
    nextReadNanos = now;
  }

  /** Messages have become durable. Any thread. */
  void published() {
    publishedAtNanos = clock.nanos();
  }

  /** So many bytes were read. */
  void read(int bytes) {
    nextReadNanos = clock.nanos() + (long) (bytes * 1e9 / bytesPerSecond);
  }

  /** Whether messages are published, so that reading must leave them their time. */
  boolean isPacing() {
    return clock.nanos() - publishedAtNanos < PUBLISHING_NANOS;
  }

  /** How long the next read waits; not positive when it may be now. */
  long waitNanos() {
    return isPacing() ? nextReadNanos - clock.nanos() : 0;
  }
}
