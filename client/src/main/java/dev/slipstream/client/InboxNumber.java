// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;

/**
 * The number at the end of a subject for answers, by which one subscription serves many requests:
 * written by {@link Frame#publish(String, byte[], long, byte[], byte[])}, read here.
 */
final class InboxNumber {
  /** More digits do not always fit into a long. */
  private static final int MOST_DIGITS = 18;

  private InboxNumber() {}

  /** The number behind the first {@code prefixLength} bytes of the subject; -1 without one. */
  static long of(MessageFrame frame, int prefixLength) {
    return parse(frame.line, frame.subjectStart + prefixLength, frame.subjectEnd);
  }

  /** The decimal number in {@code bytes[from..to]}; -1 when there is none. */
  static long parse(byte[] bytes, int from, int to) {
    long value = to - from > MOST_DIGITS || from >= to ? -1 : 0;
    for (int i = from; i < to && value >= 0; i++) {
      int digit = bytes[i] - '0';
      value = digit < 0 || digit > 9 ? -1 : value * 10 + digit;
    }
    return value;
  }
}
