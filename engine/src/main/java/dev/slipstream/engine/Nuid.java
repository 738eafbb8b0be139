// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Ids that no other will have: 22 characters, of which the first 12 come from chance, once, and the
 * others count. Any thread. Source: the ids of advisories in ADR-15.
 */
final class Nuid {
  private static final int PREFIX_LENGTH = 12;
  private static final int LENGTH = 22;

  private final String prefix;
  private final AtomicLong count = new AtomicLong();

  /** Ids whose beginning is taken from {@code random} now. */
  Nuid(RandomGenerator random) {
    prefix = Names.random(random, PREFIX_LENGTH);
  }

  /** The next id. */
  String next() {
    char[] id = new char[LENGTH];
    prefix.getChars(0, PREFIX_LENGTH, id, 0);
    long left = count.getAndIncrement();
    for (int i = LENGTH - 1; i >= PREFIX_LENGTH; i--) {
      id[i] = Names.DIGITS.charAt((int) (left % Names.DIGITS.length()));
      left /= Names.DIGITS.length();
    }
    return new String(id);
  }
}
