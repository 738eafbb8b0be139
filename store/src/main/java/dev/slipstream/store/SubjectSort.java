// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;

/**
 * Sorts many subjects by their bytes: by eight bytes at a time behind what all have in common, so
 * that the subjects themselves, which lie all over memory, are visited once for each eight bytes.
 */
final class SubjectSort {
  private static final int FEW = 32;
  private static final int KEY_BYTES = 8;

  private final SubjectIndex subjects;
  private final int[] ids;
  private final int[] spareIds;
  private final long[] keys;
  private final long[] spareKeys;

  private SubjectSort(SubjectIndex subjects, int[] ids) {
    this.subjects = subjects;
    this.ids = ids;
    this.spareIds = new int[ids.length];
    this.keys = new long[ids.length];
    this.spareKeys = new long[ids.length];
  }

  /** Puts the ids into the order of their subjects. */
  static void sort(SubjectIndex subjects, int[] ids) {
    new SubjectSort(subjects, ids).sort(0, ids.length, 0);
  }

  /** Sorts a range whose subjects are alike in the first {@code known} bytes. */
  private void sort(int from, int to, int known) {
    if (to - from <= FEW) {
      sortFew(from, to);
      return;
    }
    int common = commonBytes(from, to, known);
    long longest = 0;
    for (int i = from; i < to; i++) {
      byte[] subject = subjects.subject(ids[i]);
      keys[i] = key(subject, common);
      longest = Math.max(longest, subject.length);
    }
    sortByKeys(from, to);
    for (int start = from; start < to; ) {
      int end = start + 1;
      while (end < to && keys[end] == keys[start]) {
        end++;
      }
      if (end - start > 1) {
        if (common + KEY_BYTES < longest) {
          sort(start, end, common + KEY_BYTES);
        } else {
          sortFew(start, end); // alike but for zero bytes at their ends
        }
      }
      start = end;
    }
  }

  private int commonBytes(int from, int to, int known) {
    byte[] first = subjects.subject(ids[from]);
    int common = Math.max(known, first.length);
    for (int i = from + 1; i < to && common > known; i++) {
      byte[] subject = subjects.subject(ids[i]);
      if (subject.length <= known) {
        return known; // alike but for zero bytes, which it has fewer of
      }
      int mismatch = Arrays.mismatch(first, known, common, subject, known, subject.length);
      common = mismatch < 0 ? common : known + mismatch;
    }
    return common;
  }

  private static long key(byte[] subject, int from) {
    long key = 0;
    for (int i = from; i < from + KEY_BYTES; i++) {
      key = key << 8 | (i < subject.length ? subject[i] & 0xff : 0);
    }
    return key;
  }

  private void sortFew(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int id = ids[i];
      byte[] subject = subjects.subject(id);
      int at = i;
      while (at > from && Arrays.compareUnsigned(subjects.subject(ids[at - 1]), subject) > 0) {
        ids[at] = ids[at - 1];
        at--;
      }
      ids[at] = id;
    }
  }

  private void sortByKeys(int from, int to) {
    long differing = 0;
    for (int i = from + 1; i < to; i++) {
      differing |= keys[i] ^ keys[from];
    }
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if ((differing >>> shift & 0xff) != 0) {
        sortByByte(from, to, shift);
      }
    }
  }

  private void sortByByte(int from, int to, int shift) {
    int[] places = new int[257];
    for (int i = from; i < to; i++) {
      places[(int) (keys[i] >>> shift & 0xff) + 1]++;
    }
    for (int i = 1; i < places.length; i++) {
      places[i] += places[i - 1];
    }
    for (int i = from; i < to; i++) {
      int place = from + places[(int) (keys[i] >>> shift & 0xff)]++;
      spareKeys[place] = keys[i];
      spareIds[place] = ids[i];
    }
    System.arraycopy(spareKeys, from, keys, from, to - from);
    System.arraycopy(spareIds, from, ids, from, to - from);
  }
}
