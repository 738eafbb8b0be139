// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** Random names: 22 letters and digits, which nobody guesses and no two draws share. */
final class Tokens {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 22;

  private Tokens() {}

  static String next() {
    return next(new SecureRandom());
  }

  static String next(RandomGenerator random) {
    StringBuilder token = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      token.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return token.toString();
  }
}
