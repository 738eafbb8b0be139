// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts of messages and bytes, in and out, from the server's point of view.
 *
 * <p>Written by one loop; any thread may read, and sees a recent value.
 */
final class Traffic {
  private static final VarHandle IN_MESSAGES = field("inMessages");
  private static final VarHandle IN_BYTES = field("inBytes");
  private static final VarHandle OUT_MESSAGES = field("outMessages");
  private static final VarHandle OUT_BYTES = field("outBytes");

  private long inMessages;
  private long inBytes;
  private long outMessages;
  private long outBytes;

  void countIn(long bytes) {
    IN_MESSAGES.setOpaque(this, inMessages + 1);
    IN_BYTES.setOpaque(this, inBytes + bytes);
  }

  void countOut(long bytes) {
    OUT_MESSAGES.setOpaque(this, outMessages + 1);
    OUT_BYTES.setOpaque(this, outBytes + bytes);
  }

  long inMessages() {
    return (long) IN_MESSAGES.getOpaque(this);
  }

  long inBytes() {
    return (long) IN_BYTES.getOpaque(this);
  }

  long outMessages() {
    return (long) OUT_MESSAGES.getOpaque(this);
  }

  long outBytes() {
    return (long) OUT_BYTES.getOpaque(this);
  }

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(Traffic.class, name, long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }
}
