// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;

/**
 * What is known of so many subjects whose ids follow each other, in plain arrays. The first page of
 * a stream grows; further ones are whole, so that no more than one page is ever unused. Owner: the
 * stream's loop.
 */
final class SubjectPage {
  static final int BITS = 10;
  static final int SUBJECTS = 1 << BITS;

  byte[][] names;
  int[] hashes;
  int[] counts;
  // a complement (negative) is a bound and not yet the sequence itself
  long[] firsts;
  long[] lasts;

  SubjectPage(int capacity) {
    names = new byte[capacity][];
    hashes = new int[capacity];
    counts = new int[capacity];
    firsts = new long[capacity];
    lasts = new long[capacity];
  }

  int capacity() {
    return counts.length;
  }

  void grow() {
    int capacity = Math.min(SUBJECTS, capacity() * 2);
    names = Arrays.copyOf(names, capacity);
    hashes = Arrays.copyOf(hashes, capacity);
    counts = Arrays.copyOf(counts, capacity);
    firsts = Arrays.copyOf(firsts, capacity);
    lasts = Arrays.copyOf(lasts, capacity);
  }
}
