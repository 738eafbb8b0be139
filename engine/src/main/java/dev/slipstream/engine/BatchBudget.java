// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the open batches of all streams of a server take together. Any loop. */
final class BatchBudget {
  final AtomicInteger atomicBatches = new AtomicInteger();
  final AtomicInteger fastBatches = new AtomicInteger();

  private final AtomicLong stagedBytes = new AtomicLong();

  /** Takes room for messages that wait for the end of their batch; false when there is none. */
  boolean stage(long bytes) {
    if (stagedBytes.addAndGet(bytes) <= BatchLimits.MAX_TOTAL_BYTES) {
      return true;
    }
    stagedBytes.addAndGet(-bytes);
    return false;
  }

  void unstage(long bytes) {
    stagedBytes.addAndGet(-bytes);
  }
}
