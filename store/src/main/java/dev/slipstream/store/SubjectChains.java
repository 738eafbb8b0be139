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
    if (block != null && block.count > 0) {
      int index = block.indexOf(before);
      if (index >= 0) {
        block.link(index, seq - before);
      }
    }
  }

  /** The next message behind {@code seq}, which is there, with the same subject; 0 for none. */
  long next(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    if (block == null || index < 0 || !block.isLive(index)) {
      return 0;
    }
    int id = block.subjectId(index);
    int ahead = block.link(index);
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
      int ahead = block.link(index);
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
    return blocks.previous(bound, other -> other == id);
  }
}
