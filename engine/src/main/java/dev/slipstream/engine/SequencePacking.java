// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Varint;

/**
 * Packs many ascending sequences a part at a time, so that a loop does other work in between.
 *
 * <p>As bytes: how much each is larger than the one before it, the first than 0, as a {@link
 * Varint}.
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
      out.putVarint(seqs[at] - before);
      before = seqs[at];
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
      before += Varint.get(bytes, next);
      next = Varint.end(bytes, next, bytes.length);
      into[i] = before;
    }
  }
}
