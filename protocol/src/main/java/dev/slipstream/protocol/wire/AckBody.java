// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an acknowledgement says, told by how its payload begins.
 *
 * <p>Source: ADR-15, "acknowledgements".
 */
public enum AckBody {
  /** Empty, {@code +ACK} or {@code +OK}: done with it. */
  ACK("+ACK"),
  /** {@code -NAK}, alone or with a delay: deliver it again. */
  NAK("-NAK"),
  /** {@code +WPI}: still at work, begin the ack wait anew. */
  PROGRESS("+WPI"),
  /** {@code +TERM}, alone or with a reason: never deliver it again. */
  TERM("+TERM"),
  /** {@code +NXT}, alone or with a pull request: done, and send the next to the ack's reply. */
  NEXT("+NXT"),
  /** Anything else, which changes nothing. */
  UNKNOWN("");

  private static final byte[] OK = "+OK".getBytes(StandardCharsets.US_ASCII);

  private final byte[] word;

  AckBody(String word) {
    this.word = word.getBytes(StandardCharsets.US_ASCII);
  }

  /** A fresh copy of the word as it goes on the wire. */
  public byte[] bytes() {
    return word.clone();
  }

  /** How many bytes the word has; what stands behind it is the argument. */
  public int length() {
    return word.length;
  }

  /** What the payload in {@code bytes[from..to]} says. */
  public static AckBody of(byte[] bytes, int from, int to) {
    if (from == to || is(bytes, from, to, ACK.word) || is(bytes, from, to, OK)) {
      return ACK;
    }
    if (begins(bytes, from, to, NEXT.word)) {
      return NEXT;
    }
    if (begins(bytes, from, to, NAK.word)) {
      return NAK;
    }
    if (is(bytes, from, to, PROGRESS.word)) {
      return PROGRESS;
    }
    return begins(bytes, from, to, TERM.word) ? TERM : UNKNOWN;
  }

  private static boolean is(byte[] bytes, int from, int to, byte[] word) {
    return Arrays.equals(bytes, from, to, word, 0, word.length);
  }

  private static boolean begins(byte[] bytes, int from, int to, byte[] word) {
    return to - from >= word.length && is(bytes, from, from + word.length, word);
  }
}
