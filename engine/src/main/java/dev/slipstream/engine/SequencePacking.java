// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * Packs many ascending sequences a part at a time, so that a loop does other work in between.
 *
 * <p>As bytes: how much each is larger than the one before it, the first than 0, as a varint: seven
 * bits a byte, the lowest first, the highest bit set where more follow.
 */
final class SequencePacking {
  private static final int FIRST_BYTES = 64;

  private final long[] seqs;
  private final OutputBuffer out;
  private int at;
  private long before;

  /** Of {@code ascendingSeqs}, which do not change. */
  SequencePacking(long[] ascendingSeqs) {
    seqs = ascendingSeqs;
    out = new OutputBuffer(FIRST_BYTES);
  }

  /** Packs so many more; true when all are packed. */
  boolean step(int most) {
    int end = (int) Math.min((long) at + most, seqs.length);
    for (; at < end; at++) {
      long rest = seqs[at] - before;
      before = seqs[at];
      while ((rest & ~0x7fL) != 0) {
        out.put((int) (rest | 0x80));
        rest >>>= 7;
      }
      out.put((int) rest);
    }
    return at == seqs.length;
  }

  /** What was packed. */
  byte[] bytes() {
    return out.toBytes();
  }

  /** Unpacks as many sequences as {@code into} has room for. */
  static void unpack(byte[] bytes, int from, long[] into) {
    int next = from;
    long before = 0;
    for (int i = 0; i < into.length; i++) {
      int shift = 0;
      byte each;
      do {
        each = bytes[next++];
        before += (each & 0x7fL) << shift;
        shift += 7;
      } while (each < 0);
      into[i] = before;
    }
  }
}
