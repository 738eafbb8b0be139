// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StreamStore;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer that starts at the last message of each subject delivers first: those messages in
 * the order of their sequences; afterwards it goes on behind the stream's end at its creation.
 */
final class LastPerSubject {
  private static final int NONE = -1;
  private static final int PACKED = -2;

  private static final long[] NO_SEQS = {};

  private long[] seqs;
  private byte[] packed;
  private final long resumeSeq;
  private int at;

  /**
   * The list of these messages.
   *
   * @param ascendingSeqs their sequences, which are its own from now on
   * @param packed the same, as {@link SequencePacking} has packed them
   * @param resumeSeq where the stream goes on behind them
   */
  LastPerSubject(long[] ascendingSeqs, byte[] packed, long resumeSeq) {
    seqs = ascendingSeqs;
    this.packed = packed;
    this.resumeSeq = resumeSeq;
  }

  int remaining() {
    return seqs.length - at;
  }

  long peek() {
    return seqs[at];
  }

  /** One of those left, of which the next has number 0. */
  long seq(int number) {
    return seqs[at + number];
  }

  void taken() {
    at++;
    forgetIfDone();
  }

  /** Nobody asks for what was delivered. */
  private void forgetIfDone() {
    if (remaining() == 0) {
      seqs = NO_SEQS;
      packed = OutputBuffer.NO_BYTES;
      at = 0;
    }
  }

  /** Whether a message is in the list and was not delivered. */
  boolean owes(long seq) {
    return Arrays.binarySearch(seqs, at, seqs.length, seq) >= 0;
  }

  /** How many of those left are still there. */
  int living(StreamStore store) {
    int living = 0;
    for (int i = at; i < seqs.length; i++) {
      living += store.has(seqs[i]) ? 1 : 0;
    }
    return living;
  }

  /** Those up to a sequence were delivered. */
  void takenThrough(long seq) {
    while (at < seqs.length && seqs[at] <= seq) {
      at++;
    }
    forgetIfDone();
  }

  /** Appends the list and how far it is; a consumer without one writes null. */
  static void write(OutputBuffer out, @Nullable LastPerSubject list) {
    if (list == null) {
      out.putInt(NONE);
      return;
    }
    out.putInt(PACKED).putInt(list.seqs.length).putInt(list.at).putLong(list.resumeSeq);
    RecordReader.putBytes(out, list.packed);
  }

  /** Reads what {@link #write} wrote. */
  static @Nullable LastPerSubject read(RecordReader in) {
    int kind = in.readInt();
    if (kind == NONE) {
      return null;
    }
    Invariant.check(kind == PACKED, "an unknown list of messages");
    long[] seqs = new long[in.readInt()];
    int at = in.readInt();
    long resumeSeq = in.readLong();
    byte[] packed = in.readBytes();
    SequencePacking.unpack(packed, 0, seqs);
    LastPerSubject list = new LastPerSubject(seqs, packed, resumeSeq);
    list.at = at;
    return list;
  }

  /** Where the stream goes on when all were delivered. */
  long resumeSeq() {
    return resumeSeq;
  }
}
