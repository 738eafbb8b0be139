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

  private final AccountedBytes accounted;
  private long[] seqs = {};
  private int named;
  private long messages;
  private long bytes;

  DamagedMessages(AccountedBytes accounted) {
    this.accounted = accounted;
  }

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

  /** Notes which messages of a block that was read are damaged; all if it could not be read. */
  void found(Block block) {
    for (int i = block.nextLive(0); i < block.count(); i = block.nextLive(i + 1)) {
      if (block.unreadable || block.isDamaged(i)) {
        add(block.seq(i), accounted.of(block, i));
      }
    }
  }

  /**
   * Notes what a checkpoint has in a block and could not be restored.
   *
   * @param gone a bit for each of its messages, set when it was removed
   */
  void restoredInPart(Block block, long blockLastSeq, int count, long[] gone) {
    boolean consecutive = blockLastSeq - block.firstSeq == count - 1;
    for (int i = 0; i < count; i++) {
      if ((gone[i >>> 6] & 1L << i) != 0 || i < block.count() && block.isLive(i)) {
        continue;
      }
      if (i < block.count()) {
        add(block.seq(i), accounted.of(block, i));
      } else if (consecutive) {
        add(block.firstSeq + i, 0);
      } else {
        messages++; // its sequence is lost as well
      }
    }
  }

  private void add(long seq, int accountedBytes) {
    messages++;
    bytes += accountedBytes;
    if (named == NAMED) {
      return;
    }
    if (named == seqs.length) {
      seqs = Arrays.copyOf(seqs, Math.min(NAMED, 8 + named * 2));
    }
    seqs[named++] = seq;
  }
}
