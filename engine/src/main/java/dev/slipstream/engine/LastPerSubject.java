// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

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

  private final long[] seqs;
  private final long resumeSeq;
  private int at;

  /**
   * The list of these messages.
   *
   * @param ascendingSeqs their sequences, which are its own from now on
   * @param resumeSeq where the stream goes on behind them
   */
  LastPerSubject(long[] ascendingSeqs, long resumeSeq) {
    seqs = ascendingSeqs;
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
  }

  /** Appends what is left; a consumer without such a list writes null. */
  static void write(OutputBuffer out, @Nullable LastPerSubject list) {
    if (list == null) {
      out.putInt(NONE);
      return;
    }
    out.ensure(Integer.BYTES + Long.BYTES * (1 + list.remaining()));
    out.putInt(list.remaining()).putLong(list.resumeSeq);
    for (int i = list.at; i < list.seqs.length; i++) {
      out.putLong(list.seqs[i]);
    }
  }

  /** Reads what {@link #write} wrote. */
  static @Nullable LastPerSubject read(RecordReader in) {
    int count = in.readInt();
    if (count == NONE) {
      return null;
    }
    long resumeSeq = in.readLong();
    long[] seqs = new long[count];
    for (int i = 0; i < count; i++) {
      seqs[i] = in.readLong();
    }
    return new LastPerSubject(seqs, resumeSeq);
  }

  /** Where the stream goes on when all were delivered. */
  long resumeSeq() {
    return resumeSeq;
  }
}
