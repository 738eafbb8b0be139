// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Messages and bytes that were taken in and not yet handled, in one word: one thread adds, others
 * take away, and neither costs more than one atomic step.
 */
final class PendingCount {
  /** The lower bits count bytes, up to 64 GiB; those above messages. */
  private static final int BYTE_BITS = 36;

  private static final long BYTE_MASK = (1L << BYTE_BITS) - 1;

  private final AtomicLong value = new AtomicLong();

  void add(int bytes) {
    value.addAndGet((1L << BYTE_BITS) + bytes);
  }

  void take(int bytes) {
    value.addAndGet(-(1L << BYTE_BITS) - bytes);
  }

  long messages() {
    return value.get() >>> BYTE_BITS;
  }

  long bytes() {
    return value.get() & BYTE_MASK;
  }
}
