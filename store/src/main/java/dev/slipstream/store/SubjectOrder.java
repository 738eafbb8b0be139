// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.subject.Subject;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a stream's subjects in the order of the subjects' bytes, so that those which begin
 * alike lie together and a filter with wildcards need not look at the others.
 *
 * <p>It is a list of leaves with at most {@link #LEAF_IDS} ids each, about four to eight bytes a
 * subject. Few subjects are not sorted before a wildcard is looked up; a restart leaves them
 * unsorted, too. Owner: the stream's loop.
 */
final class SubjectOrder {
  private static final int LEAF_IDS = 256;
  private static final int FIRST_IDS = 8;
  private static final int[] NO_IDS = {};
  private static final int TRIED_STEPS = 128;

  /** A step in order costs about as much as so many by id. */
  private static final int FAR = 6;

  /** From so many subjects on they are kept sorted, so that no look-up waits for that. */
  private static final int SORTED_FROM = 1024;

  private final SubjectIndex subjects;
  private int[][] leaves = {};
  private int[] sizes = {};
  private int leafCount;
  private boolean sorted;

  // where the last seek or step ended
  private int leaf;
  private int index;

  SubjectOrder(SubjectIndex subjects) {
    this.subjects = subjects;
  }

  /** Notes a subject that is new in the index. */
  void added(int id) {
    if (!sorted) {
      if (subjects.size() >= SORTED_FROM) {
        sort();
      }
      return;
    }
    if (leafCount == 0) {
      insertLeaf(0, new int[FIRST_IDS], 0);
    }
    byte[] subject = subjects.subject(id);
    seek(subject, subject.length);
    if (leaf > 0 && index == 0 && sizes[leaf - 1] < LEAF_IDS) {
      leaf--;
      index = sizes[leaf];
    }
    if (sizes[leaf] == LEAF_IDS) {
      split();
    }
    int[] ids = leaves[leaf];
    int size = sizes[leaf];
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.min(LEAF_IDS, size + size / 8 + FIRST_IDS));
      leaves[leaf] = ids;
    }
    System.arraycopy(ids, index, ids, index + 1, size - index);
    ids[index] = id;
    sizes[leaf] = size + 1;
  }

  /** Makes room where the last seek ended; behind all ids the present leaf stays full. */
  private void split() {
    boolean atEnd = leaf == leafCount - 1 && index == LEAF_IDS;
    int kept = atEnd ? LEAF_IDS : LEAF_IDS / 2;
    int[] full = leaves[leaf];
    int[] moved = atEnd ? new int[FIRST_IDS] : Arrays.copyOfRange(full, kept, LEAF_IDS);
    insertLeaf(leaf + 1, moved, LEAF_IDS - kept);
    leaves[leaf] = Arrays.copyOf(full, kept);
    sizes[leaf] = kept;
    if (index > kept || atEnd) {
      leaf++;
      index -= kept;
    }
  }

  private void insertLeaf(int at, int[] ids, int size) {
    if (leafCount == leaves.length) {
      int capacity = Math.max(1, leafCount + (leafCount >>> 1) + 1);
      leaves = Arrays.copyOf(leaves, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
    }
    System.arraycopy(leaves, at, leaves, at + 1, leafCount - at);
    System.arraycopy(sizes, at, sizes, at + 1, leafCount - at);
    leaves[at] = ids;
    sizes[at] = size;
    leafCount++;
  }

  /** Forgets a subject that is about to leave the index. */
  void removing(int id) {
    if (!sorted) {
      return;
    }
    byte[] subject = subjects.subject(id);
    seek(subject, subject.length);
    Invariant.check(leaf < leafCount && leaves[leaf][index] == id, "a subject out of order");
    int size = --sizes[leaf];
    System.arraycopy(leaves[leaf], index + 1, leaves[leaf], index, size - index);
    if (size == 0) {
      removeLeaf(leaf);
    } else if (size < LEAF_IDS / 4) {
      joinWithNext(leaf > 0 ? leaf - 1 : leaf);
    }
  }

  private void joinWithNext(int at) {
    int next = at + 1;
    if (next == leafCount || sizes[at] + sizes[next] > LEAF_IDS / 2) {
      return;
    }
    leaves[at] = Arrays.copyOf(leaves[at], sizes[at] + sizes[next]);
    System.arraycopy(leaves[next], 0, leaves[at], sizes[at], sizes[next]);
    sizes[at] += sizes[next];
    removeLeaf(next);
  }

  private void removeLeaf(int at) {
    leafCount--;
    System.arraycopy(leaves, at + 1, leaves, at, leafCount - at);
    System.arraycopy(sizes, at + 1, sizes, at, leafCount - at);
    leaves[leafCount] = NO_IDS;
  }

  /** Forgets all subjects. */
  void clear() {
    leaves = new int[0][];
    sizes = new int[0];
    leafCount = 0;
    sorted = false;
  }

  private void sort() {
    int[] ids = new int[subjects.size()];
    int found = 0;
    for (int id = 0; id < subjects.idBound(); id++) {
      if (subjects.count(id) > 0) {
        ids[found++] = id;
      }
    }
    SubjectSort.sort(subjects, ids);
    int filled = LEAF_IDS - LEAF_IDS / 8;
    for (int from = 0; from < ids.length; from += filled) {
      int[] sortedIds = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + filled));
      insertLeaf(leafCount, sortedIds, sortedIds.length);
    }
    sorted = true;
  }

  /** Calls {@code each} for the subjects that a filter with wildcards stands for. */
  void forEachMatching(byte[] filter, IntConsumer each) {
    if (!sorted) {
      sort();
    }
    SubjectSkip skip = new SubjectSkip(filter);
    boolean inOrder = !isMost(filter, skip.prefixLength()) || leapsFar(filter, skip);
    if (inOrder) {
      seekPresent(filter, skip.prefixLength());
      forEachInOrder(filter, skip, Integer.MAX_VALUE, each);
    } else {
      forEachById(filter, each);
    }
  }

  /** Whether the subjects that begin so are in most leaves. */
  private boolean isMost(byte[] filter, int prefix) {
    return leavesThatBegin(filter, prefix) > leafCount / 2;
  }

  /** How many leaves lie behind the first with a subject that begins so, up to the last. */
  private int leavesThatBegin(byte[] filter, int prefix) {
    if (prefix == 0) {
      return leafCount;
    }
    seek(filter, prefix);
    int first = leaf;
    byte[] behind = Arrays.copyOf(filter, prefix);
    behind[prefix - 1]++; // the dot
    seek(behind, prefix);
    return leaf - first;
  }

  /**
   * So many subjects are in no more leaves than this, but for leaves of which most were removed.
   */
  private static int leavesOf(int most) {
    return 1 + most / (LEAF_IDS / 4);
  }

  /** Whether the first steps in order pass over much more than they look at. */
  private boolean leapsFar(byte[] filter, SubjectSkip skip) {
    if (skip.takesAllThatBegin()) {
      return false;
    }
    seekPresent(filter, skip.prefixLength());
    int first = leaf;
    forEachInOrder(filter, skip, TRIED_STEPS, id -> {});
    return leaf - first > TRIED_STEPS * FAR / LEAF_IDS;
  }

  /** Goes over all subjects as they lie in memory, which is faster than in order. */
  private void forEachById(byte[] filter, IntConsumer each) {
    for (int id = 0; id < subjects.idBound(); id++) {
      byte[] subject = subjects.subject(id);
      if (subjects.count(id) > 0 && Subject.matches(subject, 0, subject.length, filter)) {
        each.accept(id);
      }
    }
  }

  /** The ids of those that a filter with wildcards stands for; null when it is not a few. */
  int @Nullable [] few(byte[] filter, int most) {
    if (!sorted) {
      sort();
    }
    int[] found = new int[most];
    int[] count = {0};
    SubjectSkip skip = new SubjectSkip(filter);
    if (skip.takesAllThatBegin() && leavesThatBegin(filter, skip.prefixLength()) > leavesOf(most)) {
      return null;
    }
    seekPresent(filter, skip.prefixLength());
    boolean all =
        forEachInOrder(filter, skip, most, id -> found[count[0]++] = id); // at most one a step
    return all ? Arrays.copyOf(found, count[0]) : null;
  }

  /** See {@link SubjectIndex#forEachMatching(byte[], byte[], int, IntConsumer)}. */
  byte @Nullable [] forEachMatching(
      byte[] filter, byte @Nullable [] at, int most, IntConsumer each) {
    if (!sorted) {
      sort();
    }
    SubjectSkip skip = new SubjectSkip(filter);
    if (at == null) {
      seekPresent(filter, skip.prefixLength());
    } else {
      seekPresent(at, at.length);
    }
    return forEachInOrder(filter, skip, most, each) ? null : subjects.subject(leaves[leaf][index]);
  }

  /** From the present place on; answers whether all were passed on within so many steps. */
  private boolean forEachInOrder(byte[] filter, SubjectSkip skip, int mostSteps, IntConsumer each) {
    int prefix = skip.prefixLength();
    int patience = 1;
    int missed = 0;
    for (int step = 0; step < mostSteps && leaf < leafCount; step++) {
      int id = leaves[leaf][index];
      byte[] subject = subjects.subject(id);
      if (subject.length < prefix || !Arrays.equals(subject, 0, prefix, filter, 0, prefix)) {
        return true;
      }
      boolean matches = Subject.matches(subject, 0, subject.length, filter);
      if (matches) {
        each.accept(id);
        missed = 0;
      }
      if (matches || ++missed < patience || !skip.behind(subject)) {
        advance();
        continue;
      }
      int present = leaf * LEAF_IDS + index;
      seekPresent(skip.target(), skip.targetLength());
      // a search costs as much as some steps: it is made when those before it led far
      boolean farther = leaf * LEAF_IDS + index - present > 2 * patience;
      patience = farther ? Math.max(1, patience / 2) : Math.min(LEAF_IDS, patience * 2);
      missed = 0;
    }
    return leaf == leafCount;
  }

  private void advance() {
    if (++index == sizes[leaf]) {
      leaf++;
      index = 0;
    }
  }

  /** Goes to the first subject that is not before these bytes; to no leaf if there is none. */
  private void seekPresent(byte[] bytes, int length) {
    seek(bytes, length);
    if (leafCount > 0 && index == sizes[leaf]) {
      leaf = leafCount;
      index = 0;
    }
  }

  /**
   * Goes to where a subject of these bytes is or would be, at the end of the last leaf if need be.
   */
  private void seek(byte[] bytes, int length) {
    int low = 0;
    int high = leafCount;
    while (low < high) { // the last leaf whose first subject is not behind the bytes
      int middle = (low + high) >>> 1;
      if (compare(leaves[middle][0], bytes, length) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    leaf = Math.max(0, low - 1);
    index = 0;
    if (leafCount == 0) {
      return;
    }
    int end = sizes[leaf];
    while (index < end) {
      int middle = (index + end) >>> 1;
      if (compare(leaves[leaf][middle], bytes, length) < 0) {
        index = middle + 1;
      } else {
        end = middle;
      }
    }
    if (index == sizes[leaf] && leaf < leafCount - 1) {
      leaf++;
      index = 0;
    }
  }

  private int compare(int id, byte[] bytes, int length) {
    byte[] subject = subjects.subject(id);
    return Arrays.compareUnsigned(subject, 0, subject.length, bytes, 0, length);
  }
}
