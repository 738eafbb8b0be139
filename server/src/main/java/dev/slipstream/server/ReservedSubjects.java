// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Arrays;

/** Subjects and names that clients may not use because servers use them among each other. */
final class ReservedSubjects {
  private static final byte[] SYSTEM_QUEUE = Subject.bytes("_sys_");
  private static final byte[] GROUP_RAFT = Subject.bytes("$NRG.");
  private static final byte[] SERVICE_REPLY = Subject.bytes(ServiceReplies.PREFIX);
  private static final byte[] ACK = Subject.bytes(AckSubject.PREFIX);
  private static final byte[] ROUTED_REPLY = Subject.bytes("_GR_.");
  private static final byte[] OLD_ROUTED_REPLY = Subject.bytes("$GR.");

  private ReservedSubjects() {}

  /** Whether a client may not publish to the subject. */
  static boolean isForbidden(MessageFrame frame, boolean inSystemAccount) {
    byte[] line = frame.line;
    int from = frame.subjectStart;
    int to = frame.subjectEnd;
    if (from == to || line[from] != '$' && line[from] != '_') {
      return false; // a mapping that drops the message leaves it without a subject
    }
    return goesBeyond(line, from, to, ROUTED_REPLY)
        || goesBeyond(line, from, to, OLD_ROUTED_REPLY)
        || (!inSystemAccount && Subject.begins(line, from, to, GROUP_RAFT));
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
    return goesBeyond(line, from, to, SERVICE_REPLY)
        || goesBeyond(line, from, to, ACK)
        || goesBeyond(line, from, to, ROUTED_REPLY)
        || goesBeyond(line, from, to, OLD_ROUTED_REPLY);
  }

  /** Whether a client may not join the queue group. */
  static boolean isForbiddenQueue(byte[] queue) {
    return Arrays.equals(queue, SYSTEM_QUEUE);
  }

  /** Whether more than the prefix stands there. */
  private static boolean goesBeyond(byte[] bytes, int from, int to, byte[] prefix) {
    return to - from > prefix.length && Subject.begins(bytes, from, to, prefix);
  }
}
