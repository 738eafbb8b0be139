// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.security.SecureRandom;

/** Random names: 22 letters and digits, which nobody guesses and no two draws share. */
final class Tokens {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 22;

  private Tokens() {}

  static String next() {
    return next(LENGTH);
  }

  /** A shorter name, for what only has to differ. */
  static String next(int length) {
    SecureRandom random = new SecureRandom();
    StringBuilder token = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      token.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return token.toString();
  }
}
