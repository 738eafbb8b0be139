// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/** A list of rows of a table, linked both ways: rows enter and leave it anywhere. */
final class RowList {
  /** No row. */
  static final int NONE = SequenceRows.NONE;

  /** What a link adds to its row, so that a row that is not in the list has links of 0. */
  private static final int LINKED = 2;

  private static final long NEXT = 0xffff_ffffL;

  /** By row: the link to the one before it in the upper half, to the one behind in the lower. */
  private final GrowingLongs links = new GrowingLongs();

  private int first = NONE;
  private int last = NONE;
  private int size;

  int size() {
    return size;
  }

  /** The first row, or {@link #NONE}. */
  int first() {
    return first;
  }

  /** The last row, or {@link #NONE}. */
  int last() {
    return last;
  }

  /** The row behind one of the list, or {@link #NONE}. */
  int next(int row) {
    return (int) links.get(row) - LINKED;
  }

  /** The row before one of the list, or {@link #NONE}. */
  int previous(int row) {
    return (int) (links.get(row) >>> 32) - LINKED;
  }

  /** Makes room for a row. */
  void cover(int row) {
    links.cover(row);
  }

  boolean contains(int row) {
    return links.get(row) != 0;
  }

  void append(int row) {
    insertBehind(last, row);
  }

  /** Adds a row behind another, or as the first behind {@link #NONE}. */
  void insertBehind(int before, int row) {
    int after = before == NONE ? first : next(before);
    link(before, row);
    link(row, after);
    size++;
  }

  void remove(int row) {
    link(previous(row), next(row));
    links.set(row, 0);
    size--;
  }

  void clear() {
    links.clear();
    first = NONE;
    last = NONE;
    size = 0;
  }

  private void link(int before, int after) {
    if (before == NONE) {
      first = after;
    } else {
      links.set(before, links.get(before) & ~NEXT | after + LINKED);
    }
    if (after == NONE) {
      last = before;
    } else {
      links.set(after, links.get(after) & NEXT | (long) (before + LINKED) << 32);
    }
  }
}
