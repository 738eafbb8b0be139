// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many bytes an account, or the whole server, keeps in one kind of storage, how many its
 * streams have reserved by their max_bytes, and the most that it may keep.
 *
 * <p>Every loop counts in a cell that only it writes; a sum adds up the cells. Whether a message
 * fits is looked up at each message only where the limit is near. Far from it, where more than
 * {@link #WINDOW_BYTES} for each loop are left, a loop counts so many before it looks again; the
 * one that finds the limit near tells all loops, before they could have used up what was left. Two
 * loops that look at one moment may go beyond the limit by a message each.
 *
 * <p>Thread-safe, as far as a loop passes its own number.
 */
final class StorageUsage {
  static final long UNLIMITED = -1;

  /** How many bytes a loop counts, far from the limit, before it looks at the sum again. */
  static final long WINDOW_BYTES = 64 << 10;

  /** Longs from a loop's cell to the next: no two loops write to one cache line. */
  private static final int STRIDE = 16;

  private final int loops;
  private final AtomicLongArray cells;
  private final long[] unseen; // of each loop: bytes that it counted since it looked
  private final AtomicLong reserved = new AtomicLong();
  private volatile long limit = UNLIMITED;
  private volatile boolean near = true;

  StorageUsage(int loops) {
    this.loops = loops;
    cells = new AtomicLongArray(loops * STRIDE);
    unseen = new long[loops * STRIDE];
  }

  /** The most bytes there may be; {@link #UNLIMITED} for any amount. */
  void limit(long bytes) {
    limit = bytes;
    near = true;
  }

  long limit() {
    return limit;
  }

  /** Counts bytes that a loop has taken in, or has given away. */
  void add(int loop, long bytes) {
    int cell = loop * STRIDE;
    cells.setRelease(cell, cells.getPlain(cell) + bytes);
    unseen[cell] += Math.max(0, bytes);
  }

  /** Whether so many bytes more would be beyond the limit; for 0 whether it is passed already. */
  boolean wouldExceed(int loop, long bytes) {
    long most = limit;
    if (most < 0) {
      return false;
    }
    int cell = loop * STRIDE;
    if (!near && unseen[cell] + bytes <= WINDOW_BYTES) {
      return false;
    }
    long left = most - bytes();
    unseen[cell] = 0;
    boolean isNear = left <= (near ? 2 : 1) * loops * WINDOW_BYTES;
    if (isNear != near) {
      near = isNear;
    }
    return bytes > left;
  }

  /** All bytes of all loops. */
  long bytes() {
    long sum = 0;
    for (int i = 0; i < loops; i++) {
      sum += cells.get(i * STRIDE);
    }
    return Math.max(0, sum);
  }

  /** Reserves bytes for a stream, or gives up what was. */
  void reserve(long bytes) {
    reserved.addAndGet(bytes);
  }

  /** What all streams have reserved. */
  long reserved() {
    return reserved.get();
  }
}
