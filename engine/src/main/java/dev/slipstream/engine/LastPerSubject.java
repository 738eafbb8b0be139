// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.Arrays;

/**
 * What a consumer that starts at the last message of each subject delivers first: those messages in
 * the order of their sequences; afterwards it goes on behind the stream's end at its creation.
 */
final class LastPerSubject {
  private final long[] seqs;
  private final long resumeSeq;
  private int at;

  LastPerSubject(long[] lastSeqs, long resumeSeq) {
    seqs = lastSeqs.clone();
    Arrays.sort(seqs);
    this.resumeSeq = resumeSeq;
  }

  int remaining() {
    return seqs.length - at;
  }

  long peek() {
    return seqs[at];
  }

  void taken() {
    at++;
  }

  /** Where the stream goes on when all were delivered. */
  long resumeSeq() {
    return resumeSeq;
  }
}
