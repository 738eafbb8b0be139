// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/** The numbers in the subject of one acknowledgement. */
final class Ack {
  private static final int NUMBERS = 5;

  long delivered;
  long streamSeq;
  long consumerSeq;

  void set(long deliveries, long inStream, long inConsumer) {
    delivered = deliveries;
    streamSeq = inStream;
    consumerSeq = inConsumer;
  }

  /** Reads the five numbers behind the consumer's name; false when they are not there. */
  boolean parse(byte[] line, int from, int to) {
    int found = 0;
    long value = 0;
    boolean digits = false;
    for (int at = from; at <= to; at++) {
      if (at == to || line[at] == '.') {
        if (!digits) {
          return false;
        }
        switch (found++) {
          case 0 -> delivered = value;
          case 1 -> streamSeq = value;
          case 2 -> consumerSeq = value;
          default -> {}
        }
        value = 0;
        digits = false;
        continue;
      }
      int digit = line[at] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      value = value * 10 + digit;
      digits = true;
    }
    return found == NUMBERS;
  }
}
