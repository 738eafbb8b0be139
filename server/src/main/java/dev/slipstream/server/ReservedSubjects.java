// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.MessageFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Subjects and names that clients may not use because servers use them among each other. */
final class ReservedSubjects {
  private static final byte[] SYSTEM_QUEUE = ascii("_sys_");
  private static final byte[] GROUP_RAFT = ascii("$NRG.");
  private static final byte[] SERVICE_REPLY = ascii("_R_.");
  private static final byte[] ACK = ascii(AckSubject.PREFIX);
  private static final byte[] ROUTED_REPLY = ascii("_GR_.");
  private static final byte[] OLD_ROUTED_REPLY = ascii("$GR.");

  private ReservedSubjects() {}

  /** Whether a client may not publish to the subject. */
  static boolean isForbidden(MessageFrame frame, boolean inSystemAccount) {
    byte[] line = frame.line;
    int from = frame.subjectStart;
    int to = frame.subjectEnd;
    int first = line[from];
    if (first != '$' && first != '_') {
      return false;
    }
    return begins(line, from, to, ROUTED_REPLY)
        || begins(line, from, to, OLD_ROUTED_REPLY)
        || (!inSystemAccount && isOrBegins(line, from, to, GROUP_RAFT));
  }

  /** Whether a client may not ask for replies on the subject. */
  static boolean isForbiddenReply(MessageFrame frame) {
    byte[] line = frame.line;
    int from = frame.replyStart;
    int to = frame.replyEnd;
    int first = line[from];
    if (first != '$' && first != '_') {
      return false;
    }
    return begins(line, from, to, SERVICE_REPLY)
        || begins(line, from, to, ACK)
        || begins(line, from, to, ROUTED_REPLY)
        || begins(line, from, to, OLD_ROUTED_REPLY);
  }

  /** Whether a client may not join the queue group. */
  static boolean isForbiddenQueue(byte[] queue) {
    return Arrays.equals(queue, SYSTEM_QUEUE);
  }

  private static boolean begins(byte[] bytes, int from, int to, byte[] prefix) {
    return to - from > prefix.length && isOrBegins(bytes, from, to, prefix);
  }

  private static boolean isOrBegins(byte[] bytes, int from, int to, byte[] prefix) {
    return to - from >= prefix.length
        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
