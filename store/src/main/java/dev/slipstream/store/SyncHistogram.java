// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long syncs took: counts in buckets that are an eighth of their value wide. Written by one
 * thread, read by any.
 */
final class SyncHistogram {
  private static final int PER_OCTAVE = 8;

  private final AtomicLongArray counts = new AtomicLongArray(64 * PER_OCTAVE);

  void add(long nanos) {
    counts.getAndIncrement(bucket(Math.max(1, nanos)));
  }

  private static int bucket(long nanos) {
    int octave = 63 - Long.numberOfLeadingZeros(nanos);
    int eighth = octave < 3 ? 0 : (int) (nanos >>> (octave - 3)) & (PER_OCTAVE - 1);
    return octave * PER_OCTAVE + eighth;
  }

  /** The duration that {@code share} (0 to 1) of all syncs did not exceed; 0 without syncs. */
  long quantileNanos(double share) {
    long total = 0;
    for (int i = 0; i < counts.length(); i++) {
      total += counts.get(i);
    }
    long left = (long) Math.ceil(total * share);
    for (int i = 0; i < counts.length() && total > 0; i++) {
      left -= counts.get(i);
      if (left <= 0) {
        int octave = i / PER_OCTAVE;
        long low = 1L << octave;
        return low + (octave < 3 ? 0 : (low >>> 3) * (i % PER_OCTAVE + 1));
      }
    }
    return 0;
  }
}
