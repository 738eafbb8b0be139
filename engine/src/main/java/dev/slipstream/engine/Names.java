// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;

/** The rules of stream and consumer names, and names made at random. */
final class Names {
  static final int MAX_LENGTH = 255;

  static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int CONSUMER_LENGTH = 8;
  private static final int UNIQUE_LENGTH = 22;
  private static final int TOKEN_LENGTH = 4;
  private static final int HASH_LENGTH = 8;

  private Names() {}

  /** Whether a stream or consumer may have this name, its length aside. */
  static boolean isValid(String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      switch (name.charAt(i)) {
        case ' ', '\t', '\r', '\n', '\f', '.', '*', '>', '\\', '/' -> {
          return false;
        }
        default -> {}
      }
    }
    return true;
  }

  /** A name for a consumer that came without one. */
  static String consumer(RandomGenerator random) {
    return random(random, CONSUMER_LENGTH);
  }

  /** An id that no other will have. */
  static String unique(RandomGenerator random) {
    return random(random, UNIQUE_LENGTH);
  }

  /** Eight characters that stand for a text. */
  static String hash(String text) {
    byte[] digest = sha256(text);
    StringBuilder hash = new StringBuilder(HASH_LENGTH);
    for (int i = 0; i < HASH_LENGTH; i++) {
      hash.append(DIGITS.charAt((digest[i] & 0xff) % DIGITS.length()));
    }
    return hash.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A token that tells a few subjects of one consumer apart. */
  static String token(RandomGenerator random) {
    return random(random, TOKEN_LENGTH);
  }

  /** So many characters from chance. */
  static String random(RandomGenerator random, int length) {
    StringBuilder name = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      name.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return name.toString();
  }
}
