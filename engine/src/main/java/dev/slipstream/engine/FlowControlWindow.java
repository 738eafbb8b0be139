// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * How many bytes of a push consumer may be under way until its receiver answers: 2 MiB at first,
 * twice as many with every answer, at most 32 MiB. It is asked when half of them are. Owner: the
 * stream's loop. Source: the public server.
 */
final class FlowControlWindow {
  private static final long FIRST_BYTES = 2 << 20;
  private static final long MOST_BYTES = 32 << 20;

  private long windowBytes = FIRST_BYTES;
  private long underWayBytes;
  private long askedBytes;
  private String asked = "";

  /** Whether nothing more may be sent before an answer. */
  boolean isClosed() {
    return underWayBytes > windowBytes;
  }

  /** The subject on which an answer is awaited; empty when none is. */
  String asked() {
    return asked;
  }

  /** So many bytes were sent; answers whether the receiver is to be asked now. */
  boolean sent(int bytes) {
    underWayBytes += bytes;
    if (asked.isEmpty()) {
      return underWayBytes > windowBytes / 2;
    }
    if (underWayBytes - askedBytes >= windowBytes) {
      askedBytes += bytes;
    }
    return false;
  }

  /** The receiver was asked to answer on a subject for all that was sent. */
  void ask(String subject) {
    asked = subject;
    askedBytes = underWayBytes;
  }

  /** An answer came; false when it is not the one that is awaited. */
  boolean answered(String subject) {
    if (asked.isEmpty() || !asked.equals(subject)) {
      return false;
    }
    windowBytes = Math.min(MOST_BYTES, 2 * windowBytes);
    underWayBytes = Math.max(0, underWayBytes - askedBytes);
    asked = "";
    askedBytes = 0;
    return true;
  }
}
