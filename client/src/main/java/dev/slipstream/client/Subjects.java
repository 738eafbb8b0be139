// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.subject.Subject;

/** Checks of names before they reach the wire, where a blank would break the protocol. */
final class Subjects {

  private Subjects() {}

  /** A subject to publish to. */
  static void checkPublish(String subject) {
    int length = subject.length();
    boolean tokenStart = true;
    for (int i = 0; i < length; i++) {
      char c = subject.charAt(i);
      if (c <= ' ' || c == 127 || c == '.' && tokenStart) {
        throw bad(subject);
      }
      tokenStart = c == '.';
    }
    if (tokenStart) {
      throw bad(subject);
    }
  }

  /** A subject to subscribe to. */
  static void checkFilter(String subject) {
    checkPublish(subject);
    if (!Subject.isValidFilter(subject)) {
      throw bad(subject);
    }
  }

  /** A queue group; empty for none. */
  static void checkQueue(String queue) {
    if (Subject.hasWhitespace(queue)) {
      throw new IllegalArgumentException("a queue group has no blanks: '" + queue + "'");
    }
  }

  /** The name of a stream or consumer, which becomes a token of a subject. */
  /** What subjects for answers begin with: any subject with a dot at its end. */
  static String checkInboxPrefix(String prefix) {
    if (!prefix.endsWith(".")) {
      throw new IllegalArgumentException("an inbox prefix ends with a dot: '" + prefix + "'");
    }
    checkPublish(prefix + "x");
    return prefix;
  }

  static String checkName(String name, String what) {
    if (!isName(name)) {
      throw new IllegalArgumentException("not the name of a " + what + ": '" + name + "'");
    }
    return name;
  }

  /** Whether it can be the name of a stream or consumer. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.chars().noneMatch(c -> c <= ' ' || c == 127 || ".*>/\\".indexOf(c) >= 0);
  }

  private static IllegalArgumentException bad(String subject) {
    return new IllegalArgumentException("not a subject: '" + subject + "'");
  }
}
