// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * Counts of messages, and of the bytes of their headers and payloads, in and out.
 *
 * <p>Seen from the server: what clients publish is in. Belongs to one loop.
 */
final class Traffic {
  private long inMessages;
  private long inBytes;
  private long outMessages;
  private long outBytes;

  void in(long bytes) {
    inMessages++;
    inBytes += bytes;
  }

  void out(long bytes) {
    outMessages++;
    outBytes += bytes;
  }

  void add(Traffic other) {
    inMessages += other.inMessages;
    inBytes += other.inBytes;
    outMessages += other.outMessages;
    outBytes += other.outBytes;
  }

  TrafficFigures figures() {
    return new TrafficFigures(inMessages, inBytes, outMessages, outBytes);
  }
}
