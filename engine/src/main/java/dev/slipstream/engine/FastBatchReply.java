// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import org.jspecify.annotations.Nullable;

/**
 * What the reply subject of a fast batch's message says: {@code <inbox>.<batch id>.<flow>.<gap
 * mode>.<batch sequence>.<operation>.$FI}. Source: ADR-50.
 *
 * @param flow after how many messages its publisher wants to hear at the latest; 1 to 65,535
 * @param gapOk whether the batch goes on where messages are missing
 * @param seq the place of the message in its batch, from 1 on, unsigned
 */
record FastBatchReply(String id, int flow, boolean gapOk, long seq, Operation operation) {
  private static final int DEFAULT_FLOW = 10;
  private static final int MAX_FLOW = 65_535;
  private static final int PARTS = 5;

  /** What is asked for, in the order of their numbers. */
  enum Operation {
    START,
    APPEND,
    COMMIT,
    /** Ends the batch with a message that is not stored. */
    END,
    /** Asks where the batch stands. */
    PING
  }

  /** Whether a message has such a reply subject, be it well formed or not. */
  static boolean isOne(MessageFrame message) {
    int end = message.replyEnd;
    byte[] line = message.line;
    return end - message.replyStart > 4
        && line[end - 1] == 'I'
        && line[end - 2] == 'F'
        && line[end - 3] == '$'
        && line[end - 4] == '.';
  }

  /** Reads a reply subject; null when it is malformed. */
  static @Nullable FastBatchReply read(String reply) {
    String[] tokens = reply.substring(0, reply.length() - 4).split("\\.", -1);
    int at = tokens.length - PARTS;
    if (at < 1) {
      return null;
    }
    Long number = IngestHeaders.number(tokens[at + 4]);
    Long seq = IngestHeaders.number(tokens[at + 3]);
    if (number == null || number < 0 || number >= Operation.values().length) {
      return null;
    }
    Operation operation = Operation.values()[number.intValue()];
    if (seq == null || seq == 0 || seq == -1 || !fits(operation, seq)) {
      return null;
    }
    String gap = tokens[at + 2];
    if (!gap.equals("ok") && !gap.equals("fail")) {
      return null;
    }
    Long flow = IngestHeaders.number(tokens[at + 1]);
    int wanted = flow == null || flow == 0 ? DEFAULT_FLOW : flow < 0 ? MAX_FLOW : most(flow);
    return new FastBatchReply(tokens[at], wanted, gap.equals("ok"), seq, operation);
  }

  private static int most(long flow) {
    return (int) Math.min(MAX_FLOW, flow);
  }

  private static boolean fits(Operation operation, long seq) {
    return switch (operation) {
      case START -> seq == 1;
      case APPEND, END -> seq != 1;
      case COMMIT, PING -> true;
    };
  }

  boolean commits() {
    return operation == Operation.COMMIT || operation == Operation.END;
  }
}
