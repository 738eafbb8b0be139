// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A count of messages and of their bytes in one word, so that threads that add and threads that
 * take away never see one without the other, and none needs more than one atomic step.
 *
 * <p>Thread-safe.
 */
final class PendingCount {
  /** The lower bits count bytes, up to 64 GiB; those above messages. */
  private static final int BYTE_BITS = 36;

  private static final long BYTE_MASK = (1L << BYTE_BITS) - 1;

  private final AtomicLong value = new AtomicLong();

  /** Adds a message; answers how many there are now. */
  long add(int bytes) {
    return messages(value.addAndGet((1L << BYTE_BITS) + bytes));
  }

  /** Takes a message away. */
  void take(int bytes) {
    value.addAndGet(-(1L << BYTE_BITS) - bytes);
  }

  /** Takes all away; answers them for {@link #messages(long)} and {@link #bytes(long)}. */
  long takeAll() {
    return value.getAndSet(0);
  }

  long messages() {
    return messages(value.get());
  }

  long bytes() {
    return bytes(value.get());
  }

  static long messages(long both) {
    return both >>> BYTE_BITS;
  }

  static long bytes(long both) {
    return both & BYTE_MASK;
  }
}
