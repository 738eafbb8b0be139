// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/**
 * The messages of each subject as a chain: at a message stands how far ahead the next one of its
 * subject was appended. Owner: the stream's loop.
 */
final class SubjectChains {
  private final BlockList blocks;

  SubjectChains(BlockList blocks) {
    this.blocks = blocks;
  }

  /**
   * Notes at a subject's message before where the next one of the subject is.
   *
   * @param before the sequence of that message; 0 when there is none
   * @param present the block that {@code seq} was appended to
   */
  void link(long before, long seq, Block present) {
    if (before == 0) {
      return;
    }
    Block block = before >= present.firstSeq ? present : blocks.of(before);
    if (block != null) {
      int index = block.indexOf(before);
      if (index >= 0) {
        block.link(index, seq - before);
      }
    }
  }

  /** Links the living messages of a block behind the others, and counts their subjects. */
  void restore(Block block, BlockContents contents, SubjectIndex subjects) {
    int names = contents.names.size();
    int[] ids = new int[names];
    if (names == 1 && block.isDense()) {
      ids[0] =
          restored(contents.names.get(0), 0, block.count() - 1, block.count(), block, subjects);
      block.identify(ids);
      return;
    }
    int[] first = new int[names];
    int[] last = new int[names];
    int[] counts = new int[names];
    for (int i = block.nextLive(0); i < block.count(); i = block.nextLive(i + 1)) {
      int name = contents.entries.subject(i);
      if (counts[name]++ == 0) {
        first[name] = i;
      } else {
        block.link(last[name], block.seq(i) - block.seq(last[name]));
      }
      last[name] = i;
    }
    for (int name = 0; name < names; name++) {
      if (counts[name] > 0) {
        byte[] subject = contents.names.get(name);
        ids[name] = restored(subject, first[name], last[name], counts[name], block, subjects);
      }
    }
    block.identify(ids);
  }

  private int restored(
      byte[] subject, int first, int last, int count, Block block, SubjectIndex subjects) {
    long firstSeq = block.seq(first);
    int id = subjects.restored(subject, firstSeq, block.seq(last), count);
    link(subjects.before(), firstSeq, block);
    return id;
  }

  /** The next message behind {@code seq}, which is there, with the same subject; 0 for none. */
  long next(long seq) {
    Block block = blocks.holding(seq);
    if (block == null) {
      return 0;
    }
    int index = block.indexOf(seq);
    int id = block.subjectId(index);
    long ahead = block.link(index);
    return ahead > 0 ? firstOf(id, seq + ahead) : scan(id, seq + 1);
  }

  /** The first living message of a subject from {@code bound} on; follows links where it can. */
  long firstOf(int id, long bound) {
    long seq = bound;
    for (; ; ) {
      @Nullable Block block = blocks.of(seq);
      int index = block == null ? -1 : block.indexOf(seq);
      if (block == null || index < 0 || block.subjectId(index) != id) {
        return scan(id, seq);
      }
      if (block.isLive(index)) {
        return seq;
      }
      long ahead = block.link(index);
      if (ahead == 0) {
        return scan(id, seq + 1);
      }
      seq += ahead;
    }
  }

  private long scan(int id, long fromSeq) {
    return blocks.next(fromSeq, Long.MAX_VALUE, other -> other == id);
  }

  /** The last living message of a subject up to {@code bound}. */
  long lastOf(int id, long bound) {
    return blocks.previous(bound, 1, other -> other == id);
  }
}
