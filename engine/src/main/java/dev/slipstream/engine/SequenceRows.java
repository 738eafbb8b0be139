// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * Gives each of a set of stream sequences a row, a small number, and finds it again.
 *
 * <p>Shape: a linear hash, whose buckets are chains of rows. One bucket is split for each row that
 * is added to a full table, so that no addition pays for all the others. Rows of sequences that
 * were removed are given again.
 */
final class SequenceRows {
  /** No row. */
  static final int NONE = -1;

  private final GrowingLongs seqs = new GrowingLongs();

  /** By bucket: the first row of its chain + 1; 0 when there is none. */
  private final GrowingLongs chains = new GrowingLongs();

  /** By row: the next one of its chain, or of those that are free, + 1. */
  private final GrowingLongs following = new GrowingLongs();

  private int buckets;
  private int wholeBuckets; // the power of two up to which all buckets were split
  private int freeRow;
  private int rowsUsed;
  private int size;

  int size() {
    return size;
  }

  /** The row of a sequence, or {@link #NONE}. */
  int row(long seq) {
    if (size == 0) {
      return NONE;
    }
    int row = rowOf(chains.get(bucket(seq)));
    while (row != NONE && seqs.get(row) != seq) {
      row = rowOf(following.get(row));
    }
    return row;
  }

  long seq(int row) {
    return seqs.get(row);
  }

  /** Gives a row to a sequence that has none. */
  int add(long seq) {
    if (size == buckets) {
      split();
    }
    int row = newRow();
    seqs.set(row, seq);
    chain(row, bucket(seq));
    size++;
    return row;
  }

  void remove(int row) {
    int bucket = bucket(seqs.get(row));
    int each = rowOf(chains.get(bucket));
    if (each == row) {
      chains.set(bucket, following.get(row));
    } else {
      while (rowOf(following.get(each)) != row) {
        each = rowOf(following.get(each));
      }
      following.set(each, following.get(row));
    }
    following.set(row, freeRow);
    freeRow = row + 1;
    size--;
  }

  void clear() {
    seqs.clear();
    chains.clear();
    following.clear();
    buckets = 0;
    wholeBuckets = 0;
    freeRow = 0;
    rowsUsed = 0;
    size = 0;
  }

  private int newRow() {
    if (freeRow != 0) {
      int row = freeRow - 1;
      freeRow = (int) following.get(row);
      return row;
    }
    seqs.cover(rowsUsed);
    following.cover(rowsUsed);
    return rowsUsed++;
  }

  private void chain(int row, int bucket) {
    following.set(row, chains.get(bucket));
    chains.set(bucket, row + 1);
  }

  /** Adds a bucket, and gives it its part of the one that had it until now. */
  private void split() {
    chains.cover(buckets);
    int added = buckets++;
    if (added == 0) {
      wholeBuckets = 1;
      return;
    }
    int old = added - wholeBuckets;
    if (buckets == 2 * wholeBuckets) {
      wholeBuckets = buckets;
    }
    int row = rowOf(chains.get(old));
    chains.set(old, 0);
    while (row != NONE) {
      int next = rowOf(following.get(row));
      chain(row, bucket(seqs.get(row)));
      row = next;
    }
  }

  private static int rowOf(long link) {
    return (int) link - 1;
  }

  private int bucket(long seq) {
    int hash = (int) (seq * 0x9E3779B97F4A7C15L >>> 32);
    int bucket = hash & 2 * wholeBuckets - 1;
    return bucket < buckets ? bucket : bucket - wholeBuckets;
  }
}
