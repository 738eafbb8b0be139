// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream by sequence, and its {@link SubjectIndex}.
 *
 * <p>Messages lie in blocks. Those of a file stream are written behind the log by the storage
 * worker and may then leave memory, which {@link #read} answers with {@link Read#LOADING}; time,
 * subject and size of every message stay in memory. Nothing here waits or does I/O. Sequences only
 * grow; times are taken to grow as well. Owner: the stream's loop. Source: docs/data-format.md.
 */
public final class StreamStore {
  private static final int FIRST_BLOCK_BYTES = 1024;
  private static final int FILE_BYTES = 30;
  private static final int FILE_BYTES_WITH_HEADERS = 34;
  private static final int MEMORY_BYTES = 16;
  private static final IntPredicate ANY = anyId -> true;

  /** What became of a {@link #read}. */
  public enum Read {
    /** The view shows the message. */
    FOUND,
    /** There is no message of that sequence. */
    ABSENT,
    /** The message is on disk only: {@link #load} it and read again. */
    LOADING,
    /** The message is there and its bytes are not what was written; they are not shown. */
    DAMAGED
  }

  /** Takes ranges of sequences. */
  @FunctionalInterface
  public interface RangeConsumer {
    /** A range with both ends. */
    void accept(long firstSeq, long lastSeq);
  }

  private final int blockBytes;
  private final @Nullable BlockKeeper keeper;
  private final BlockList blocks = new BlockList();
  private final DamagedMessages damaged = new DamagedMessages();
  private final SubjectChains chains = new SubjectChains(blocks);
  private final SubjectIndex subjects = new SubjectIndex(chains);
  private @Nullable Block tail;
  private long lastSeq;
  private long lastEpochNanos;
  private long messages;
  private long bytes;

  StreamStore(int blockBytes, @Nullable BlockKeeper keeper) {
    this.blockBytes = blockBytes;
    this.keeper = keeper;
  }

  int blockBytes() {
    return blockBytes;
  }

  BlockList blocks() {
    return blocks;
  }

  /** Appends the body of a {@link RecordType#MESSAGE} record, which is copied. */
  public void append(byte[] body, int from, int to, int bodyCrc) {
    long seq = MessageCodec.seq(body, from);
    Invariant.check(seq > lastSeq, "a message's sequence is not behind the last one's");
    int size = Block.FRAME_BYTES + to - from;
    Block block = tail;
    if (block == null
        || block.used + size > blockBytes
        || seq - block.firstSeq > Integer.MAX_VALUE) {
      block = begin(seq, size);
    }
    int subjectFrom = MessageCodec.subjectFrom(from);
    int subjectTo = MessageCodec.subjectTo(body, from);
    int id = subjects.appended(body, subjectFrom, subjectTo, seq);
    chains.link(subjects.before(), seq, block);
    block.append(seq, id, body, from, to, bodyCrc);
    lastSeq = seq;
    lastEpochNanos = MessageCodec.epochNanos(body, from);
    messages++;
    bytes += accountedBytes(block, block.count - 1);
  }

  /** The block that takes the next message; null when the next message begins one. */
  @Nullable Block tail() {
    return tail;
  }

  /** Says where the stream stood at a checkpoint, before its blocks are restored. */
  void restoreTotals(long atLastSeq, long atLastEpochNanos) {
    lastSeq = atLastSeq;
    lastEpochNanos = atLastEpochNanos;
  }

  /**
   * Adds a message, in the order of sequences, to a block that was put behind the others; answers
   * the id of its subject.
   */
  int restore(Block block, long seq, long epochNanos, int offset, byte[] subject, boolean headers) {
    int id = subjects.restored(subject, 0, subject.length, seq);
    chains.link(subjects.before(), seq, block);
    block.addEntry(seq, offset, epochNanos, id, headers);
    return id;
  }

  /** Counts a block all of whose messages were restored. */
  void restored(Block block) {
    block.trim();
    messages += block.live;
    for (int i = block.nextLive(0); i < block.count; i = block.nextLive(i + 1)) {
      bytes += accountedBytes(block, i);
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
      boolean removed = (gone[i >>> 6] & 1L << i) != 0;
      if (i < block.count && !removed && !block.isLive(i)) {
        damaged.add(block.seq(i), accountedBytes(block, i));
      } else if (i >= block.count && !removed && consecutive) {
        damaged.add(block.firstSeq + i, 0);
      } else if (i >= block.count && !removed) {
        damaged.addUnnamed();
      }
    }
  }

  /** Notes which messages of a block that was read are damaged; all if it could not be read. */
  void damageFound(Block block) {
    for (int i = block.nextLive(0); i < block.count; i = block.nextLive(i + 1)) {
      if (block.unreadable || block.isDamaged(i)) {
        damaged.add(block.seq(i), accountedBytes(block, i));
      }
    }
  }

  /** What was found to be damaged since the store was opened. */
  public DamagedMessages damaged() {
    return damaged;
  }

  private Block begin(long seq, int size) {
    Block full = tail;
    if (full != null) {
      close(full);
    }
    Block block = new Block(this, seq, keeper == null ? null : keeper.place());
    block.data = new byte[Math.max(full == null ? FIRST_BLOCK_BYTES : blockBytes / 4, size)];
    blocks.add(block);
    tail = block;
    return block;
  }

  private void close(Block full) {
    full.trim();
    tail = null;
    if (full.live == 0) {
      drop(full);
    } else if (keeper != null) {
      keeper.closed(full);
    }
  }

  /** Moves the last sequence forward without messages; what lies between counts as removed. */
  public void advance(long newLastSeq) {
    Invariant.check(newLastSeq >= lastSeq, "the last sequence does not go back");
    lastSeq = newLastSeq;
  }

  /** Removes a message; false when there is none of that sequence. */
  public boolean remove(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    if (block == null || index < 0 || !block.isLive(index)) {
      return false;
    }
    remove(block, index);
    dropWhenEmpty(block);
    return true;
  }

  /** Removes all messages up to and including {@code seq}; answers how many those were. */
  public long removeThrough(long seq) {
    if (seq >= lastSeq) {
      return removeAll();
    }
    long before = messages;
    while (messages > 0) {
      Block block = blocks.get(0);
      int end = block.ceiling(seq + 1);
      for (int i = block.firstLive(); i < end; i = block.nextLive(i + 1)) {
        remove(block, i);
      }
      dropWhenEmpty(block);
      if (block.live > 0 || block == tail) {
        break;
      }
    }
    return before - messages;
  }

  private long removeAll() {
    long removed = messages;
    while (blocks.size() > 0 && blocks.get(0) != tail) {
      Block block = blocks.get(0);
      block.live = 0;
      drop(block);
    }
    Block last = tail;
    if (last != null) {
      for (int i = last.nextLive(0); i < last.count; i = last.nextLive(i + 1)) {
        last.markGone(i);
      }
    }
    subjects.clear();
    messages = 0;
    bytes = 0;
    return removed;
  }

  private void remove(Block block, int index) {
    messages--;
    bytes -= accountedBytes(block, index);
    block.markGone(index);
    subjects.removed(block.subjectId(index), block.seq(index), block.link(index));
  }

  private void dropWhenEmpty(Block block) {
    if (block == tail) {
      return; // it takes the next message all the same
    }
    if (block.live == 0) {
      drop(block);
    } else if (keeper == null) {
      block.compact();
    } else if (block.isThin()) {
      keeper.thinned(block);
    }
  }

  /**
   * Puts a block with what lives of a full block in its place, unless that is gone meanwhile. A
   * damaged block stays: what is wrong in it shows by the places of its records.
   */
  void replaceThinned(Block block) {
    byte[] data = block.data;
    if (keeper == null || data == null || block.live == 0 || block.hasDamage()) {
      return;
    }
    Block copy = new Block(this, block.seq(block.firstLive()), keeper.place());
    copy.data = new byte[Math.max(FIRST_BLOCK_BYTES, block.used / 4)];
    copy.copyLive(block);
    copy.trim();
    blocks.replace(block, copy);
    block.live = 0;
    block.data = null;
    keeper.replaced(block);
    keeper.closed(copy);
  }

  private void drop(Block block) {
    blocks.remove(block);
    block.data = null;
    if (keeper != null) {
      keeper.released(block);
    }
  }

  /** Shows a message. */
  public Read read(long seq, StoredMessage into) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    if (block == null || index < 0 || !block.isLive(index)) {
      return Read.ABSENT;
    }
    byte[] data = block.data;
    if (data == null) {
      return block.unreadable ? Read.DAMAGED : Read.LOADING;
    }
    if (block.isDamaged(index)) {
      return Read.DAMAGED;
    }
    block.touched = true;
    into.set(data, block.offset(index) + Block.FRAME_BYTES, block.end(index));
    return Read.FOUND;
  }

  /**
   * Has the storage worker bring the bytes of a message and of those around it; {@code whenLoaded}
   * then runs on the loop, at once when they are there. The next block is brought as well, without
   * waiting for it. What was brought may leave memory again: read it soon.
   */
  public void load(long seq, Runnable whenLoaded) {
    int at = blocks.ceiling(seq);
    Block block = at < blocks.size() ? blocks.get(at) : null;
    if (keeper == null || block == null || block.data != null || block.unreadable) {
      whenLoaded.run();
      return;
    }
    keeper.load(block, whenLoaded);
    Block next = at + 1 < blocks.size() ? blocks.get(at + 1) : null;
    if (next != null && next.data == null && !next.unreadable && !next.loading) {
      keeper.load(next, null);
    }
  }

  /** How many messages there are. */
  public long messages() {
    return messages;
  }

  /** How many bytes they count for. */
  public long bytes() {
    return bytes;
  }

  /** The sequence of the first message; the one behind the last when there is none; 0 at first. */
  public long firstSeq() {
    if (messages == 0) {
      return lastSeq == 0 ? 0 : lastSeq + 1;
    }
    Block first = blocks.get(0);
    return first.seq(first.firstLive());
  }

  /** The last sequence that was given to a message or passed over; 0 at first. */
  public long lastSeq() {
    return lastSeq;
  }

  /** The time of the first message; 0 when there is none. */
  public long firstEpochNanos() {
    if (messages == 0) {
      return 0;
    }
    Block first = blocks.get(0);
    return first.epochNanos(first.firstLive());
  }

  /**
   * The time of the message appended last, also when it was removed; 0 when there never was one.
   */
  public long lastEpochNanos() {
    return lastEpochNanos;
  }

  /** How many sequences between the first message and the last sequence have no message. */
  public long deletedCount() {
    return messages == 0 ? 0 : lastSeq - firstSeq() + 1 - messages;
  }

  /** Whether there is a message of that sequence. */
  public boolean has(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    return block != null && index >= 0 && block.isLive(index);
  }

  /** The sequence of the first message from {@code fromSeq} on; 0 when there is none. */
  public long next(long fromSeq) {
    return blocks.next(fromSeq, Long.MAX_VALUE, ANY);
  }

  /** As {@link #next(long)}, of the messages whose subject id passes. */
  public long next(long fromSeq, IntPredicate subjectIdMatches) {
    return blocks.next(fromSeq, Long.MAX_VALUE, subjectIdMatches);
  }

  /** As {@link #next(long, IntPredicate)}, of those up to and including {@code toSeq}. */
  public long next(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    return blocks.next(fromSeq, toSeq, subjectIdMatches);
  }

  /** The sequence of the last message up to {@code fromSeq}; 0 when there is none. */
  public long previous(long fromSeq) {
    return blocks.previous(fromSeq, ANY);
  }

  /** As {@link #previous(long)}, of the messages whose subject id passes. */
  public long previous(long fromSeq, IntPredicate subjectIdMatches) {
    return blocks.previous(fromSeq, subjectIdMatches);
  }

  /** How many messages there are from {@code fromSeq} on; looks at blocks, not at messages. */
  public long count(long fromSeq) {
    return blocks.count(fromSeq);
  }

  /**
   * How many messages there are from {@code fromSeq} up to and including {@code toSeq} whose
   * subject id passes; asks for each of them, about a nanosecond a message.
   */
  public long count(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    return blocks.count(fromSeq, toSeq, subjectIdMatches);
  }

  /**
   * The sequence of the next message behind {@code seq} with the same subject; 0 when there is
   * none. Cheap while the messages between are there, however many they are.
   *
   * @param seq a message that is there
   */
  public long nextOfSameSubject(long seq) {
    return chains.next(seq);
  }

  /** The sequence of the first message not older than that time; 0 when there is none. */
  public long seqAtOrAfter(long epochNanos) {
    int at = blocks.ceilingOfTime(epochNanos);
    if (at == blocks.size()) {
      return 0;
    }
    Block block = blocks.get(at);
    return next(block.seq(block.ceilingOfTime(epochNanos)));
  }

  /** The id of a message's subject in {@link #subjects}; -1 when there is no such message. */
  public int subjectId(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    return block == null || index < 0 || !block.isLive(index) ? -1 : block.subjectId(index);
  }

  /** A message's time; 0 when there is no such message. */
  public long epochNanos(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    return block == null || index < 0 || !block.isLive(index) ? 0 : block.epochNanos(index);
  }

  /** The bytes that a message counts for; 0 when there is no such message. */
  public int size(long seq) {
    Block block = blocks.of(seq);
    int index = block == null ? -1 : block.indexOf(seq);
    return block == null || index < 0 || !block.isLive(index) ? 0 : accountedBytes(block, index);
  }

  private int accountedBytes(Block block, int index) {
    int content = block.contentBytes(index);
    if (keeper == null) {
      return content + MEMORY_BYTES;
    }
    return content + (block.hasHeaders(index) ? FILE_BYTES_WITH_HEADERS : FILE_BYTES);
  }

  /** Calls {@code each} for every sequence that {@link #deletedCount} counts, ascending. */
  public void forEachDeleted(LongConsumer each) {
    forEachDeletedRange(
        (first, last) -> {
          for (long seq = first; seq <= last; seq++) {
            each.accept(seq);
          }
        });
  }

  /** As {@link #forEachDeleted}, with whole ranges. */
  public void forEachDeletedRange(RangeConsumer each) {
    long expected = firstSeq();
    for (int b = 0; b < blocks.size() && messages > 0; b++) {
      Block block = blocks.get(b);
      for (int i = block.nextLive(0); i < block.count; i = block.nextLive(i + 1)) {
        long seq = block.seq(i);
        if (seq > expected) {
          each.accept(expected, seq - 1);
        }
        expected = seq + 1;
      }
    }
    if (messages > 0 && expected <= lastSeq) {
      each.accept(expected, lastSeq);
    }
  }

  /** The subjects of the messages. */
  public SubjectIndex subjects() {
    return subjects;
  }
}
