// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;

/**
 * The messages of one stream that are damaged on disk, as far as that was found since the store was
 * opened: how many, how large, and the first of them by sequence. Owner: the stream's loop.
 */
public final class DamagedMessages {
  /** So many are remembered one by one; the log of the server names the others. */
  private static final int NAMED = 10_000;

  private long[] seqs = {};
  private int named;
  private long messages;
  private long bytes;

  DamagedMessages() {}

  /** How many there are. */
  public long messages() {
    return messages;
  }

  /** How many bytes they count for in the stream's state, as far as that can be told. */
  public long bytes() {
    return bytes;
  }

  /** Their sequences in the order in which they were found, at most ten thousand. */
  public long[] seqs() {
    return Arrays.copyOf(seqs, named);
  }

  /** Notes a message. */
  void add(long seq, int accountedBytes) {
    addUnnamed();
    bytes += accountedBytes;
    if (named == NAMED) {
      return;
    }
    if (named == seqs.length) {
      seqs = Arrays.copyOf(seqs, Math.min(NAMED, 8 + named * 2));
    }
    seqs[named++] = seq;
  }

  /** Notes a message whose sequence is lost as well. */
  void addUnnamed() {
    messages++;
  }
}
