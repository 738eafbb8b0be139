// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The first word of an operation; upper and lower case are the same. */
enum Verb {
  PUB("PUB", true),
  HPUB("HPUB", true),
  MSG("MSG", true),
  HMSG("HMSG", true),
  SUB("SUB", true),
  UNSUB("UNSUB", true),
  CONNECT("CONNECT", false),
  INFO("INFO", false),
  PING("PING", false),
  PONG("PONG", false),
  OK("+OK", false),
  ERR("-ERR", false);

  static final int LONGEST = 7;

  private static final Verb[] ALL = values();

  private final byte[] word;
  private final boolean needsBlank;

  Verb(String word, boolean needsBlank) {
    this.word = word.getBytes(StandardCharsets.US_ASCII);
    this.needsBlank = needsBlank;
  }

  int length() {
    return word.length;
  }

  boolean needsBlank() {
    return needsBlank;
  }

  /** The verb that the line begins with, or null. */
  static @Nullable Verb of(byte[] bytes, int from, int end) {
    if (end - from < 3) {
      return null;
    }
    // the frequent ones first, told apart by one byte
    switch (bytes[from]) {
      case 'P', 'p' -> {
        return first(bytes, from, end, PUB, PING, PONG);
      }
      case 'H', 'h' -> {
        return first(bytes, from, end, HPUB, HMSG, HMSG);
      }
      case 'M', 'm' -> {
        return first(bytes, from, end, MSG, MSG, MSG);
      }
      default -> {
        for (Verb verb : ALL) {
          if (verb.begins(bytes, from, end - from)) {
            return verb;
          }
        }
        return null;
      }
    }
  }

  /** Whether some verb begins with the {@code length} bytes, or is begun by them. */
  static boolean canBegin(byte[] bytes, int length) {
    for (Verb verb : ALL) {
      if (verb.agrees(bytes, 0, Math.min(length, verb.word.length))) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Verb first(byte[] bytes, int from, int end, Verb a, Verb b, Verb c) {
    if (a.begins(bytes, from, end - from)) {
      return a;
    }
    if (b.begins(bytes, from, end - from)) {
      return b;
    }
    return c.begins(bytes, from, end - from) ? c : null;
  }

  private boolean begins(byte[] bytes, int from, int length) {
    return length >= word.length && agrees(bytes, from, word.length);
  }

  private boolean agrees(byte[] bytes, int from, int count) {
    for (int i = 0; i < count; i++) {
      int given = bytes[from + i];
      int upper = given >= 'a' && given <= 'z' ? given - 32 : given;
      if (upper != word[i]) {
        return false;
      }
    }
    return true;
  }
}
