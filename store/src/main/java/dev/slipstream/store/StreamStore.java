// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import java.util.function.IntPredicate;
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

  private final StreamBlocks life;
  private final BlockList blocks;
  private final SubjectChains chains;
  private final SubjectIndex subjects;
  private final SubjectMessages ofSubjects;
  private final AccountedBytes accounted;
  private final MessageExpiry expiry = new MessageExpiry();
  private final DamagedMessages damaged;
  private long lastSeq;
  private long lastEpochNanos;
  private long messages;
  private long bytes;

  StreamStore(int blockBytes, @Nullable BlockKeeper keeper) {
    life = new StreamBlocks(this, blockBytes, keeper);
    blocks = life.list;
    chains = new SubjectChains(blocks);
    subjects = new SubjectIndex(chains);
    ofSubjects = new SubjectMessages(subjects, chains);
    accounted = new AccountedBytes(life.inMemory());
    damaged = new DamagedMessages(accounted);
  }

  int blockBytes() {
    return life.blockBytes;
  }

  BlockList blocks() {
    return blocks;
  }

  /**
   * Says whether blocks that become full from now on are compressed on disk; those that are there
   * stay as they are. Without meaning in a memory stream. Nothing else depends on it.
   */
  public void compress(boolean on) {
    life.compress(on);
  }

  /** Appends a message, which is copied. */
  public void append(StoredMessage message) {
    long seq = message.seq;
    Invariant.check(seq > lastSeq, "a message's sequence is not behind the last one's");
    Block block = life.forNext(seq, MessageCodec.mostBlockBytes(message));
    int id = subjects.appended(message.bytes, message.subjectFrom, message.subjectTo, seq);
    chains.link(subjects.before(), seq, block);
    block.append(message, id);
    lastSeq = seq;
    lastEpochNanos = message.epochNanos;
    messages++;
    bytes += accounted.of(block, block.count() - 1);
    expiry.added(block, block.count() - 1);
  }

  /** The block that takes the next message; null when the next message begins one. */
  @Nullable Block tail() {
    return life.tail();
  }

  /** Says where the stream stood at a checkpoint, before its blocks are restored. */
  void restoreTotals(long atLastSeq, long atLastEpochNanos) {
    lastSeq = atLastSeq;
    lastEpochNanos = atLastEpochNanos;
  }

  /** Puts a block that is on disk behind the others. */
  void restore(Block block, BlockContents contents) {
    chains.restore(block, contents, subjects);
    blocks.add(block);
    messages += block.live;
    bytes += accounted.of(block, contents);
    expiry.joined(block);
  }

  /** What was found to be damaged since the store was opened. */
  public DamagedMessages damaged() {
    return damaged;
  }

  /** Moves the last sequence forward without messages; what lies between counts as removed. */
  public void advance(long newLastSeq) {
    Invariant.check(newLastSeq >= lastSeq, "the last sequence does not go back");
    lastSeq = newLastSeq;
  }

  /** The same; a message that was not kept came at {@code epochNanos}. */
  public void advance(long newLastSeq, long epochNanos) {
    advance(newLastSeq);
    lastEpochNanos = epochNanos;
  }

  /** Removes a message; false when there is none of that sequence. */
  public boolean remove(long seq) {
    Block block = blocks.holding(seq);
    if (block == null) {
      return false;
    }
    remove(block, block.indexOf(seq));
    life.removedFrom(block);
    return true;
  }

  /** Removes all messages up to and including {@code seq}; answers how many those were. */
  public long removeThrough(long seq) {
    long before = messages;
    if (seq >= lastSeq || next(seq + 1) == 0) {
      life.removedAll();
      subjects.clear();
      expiry.clear();
      messages = 0;
      bytes = 0;
      return before;
    }
    while (messages > 0) {
      Block block = blocks.get(0);
      int end = block.ceiling(seq + 1);
      for (int i = block.firstLive(); i < end; i = block.nextLive(i + 1)) {
        remove(block, i);
      }
      life.removedFrom(block);
      if (block.live > 0 || block == life.tail()) {
        break;
      }
    }
    return before - messages;
  }

  private void remove(Block block, int index) {
    messages--;
    bytes -= accounted.of(block, index);
    expiry.removed(block, index);
    block.markGone(index);
    subjects.removed(block.subjectId(index), block.seq(index), block.link(index));
  }

  /** An array of at least {@code bytes} bytes for one of its blocks. */
  byte[] buffer(int bytes) {
    return life.buffer(bytes);
  }

  /** The array of a block is now so large. */
  void grew(Block block, int arrayBytes) {
    life.grew(block, arrayBytes);
  }

  /** The next message begins a block. */
  void closeTail() {
    life.closeTail();
  }

  /** When messages are too old by their own limits. */
  public MessageExpiry expiry() {
    return expiry;
  }

  /**
   * The sequence of the first message from {@code fromSeq} on that a maximum age applies to; 0 when
   * there is none.
   */
  public long nextAgeing(long fromSeq) {
    long seq = next(fromSeq);
    while (seq != 0 && expiry.neverTooOld() > 0 && ttlSeconds(seq) < 0) {
      seq = next(seq + 1);
    }
    return seq;
  }

  private int ttlSeconds(long seq) {
    Block block = blocks.holding(seq);
    return block == null ? 0 : block.entries().ttlSeconds(block.indexOf(seq));
  }

  /** Shows a message. */
  public Read read(long seq, StoredMessage into) {
    Block block = blocks.holding(seq);
    if (block == null) {
      return Read.ABSENT;
    }
    if (block.data == null) {
      return block.unreadable ? Read.DAMAGED : Read.LOADING;
    }
    int index = block.indexOf(seq);
    if (block.isDamaged(index)) {
      return Read.DAMAGED;
    }
    block.touched = true;
    block.show(index, into);
    return Read.FOUND;
  }

  /**
   * Has the storage worker bring the bytes of a message and of those around it; {@code whenLoaded}
   * then runs on the loop, at once when they are there. The next block is brought as well, without
   * waiting for it. What was brought may leave memory again: read it soon.
   */
  public void load(long seq, Runnable whenLoaded) {
    life.load(seq, whenLoaded);
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
    return blocks.holding(seq) != null;
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

  /**
   * The sequence of the last message up to {@code fromSeq} whose subject id passes; 0 when there is
   * none.
   */
  public long previous(long fromSeq, IntPredicate subjectIdMatches) {
    return blocks.previous(fromSeq, 1, subjectIdMatches);
  }

  /** As {@link #previous(long, IntPredicate)}, of those down to and including {@code toSeq}. */
  public long previous(long fromSeq, long toSeq, IntPredicate subjectIdMatches) {
    return blocks.previous(fromSeq, toSeq, subjectIdMatches);
  }

  /**
   * The sequence of the message that has {@code behind} others from {@code fromSeq} on before it; 0
   * when there are not so many. Looks at blocks, and at the messages of one.
   */
  public long ahead(long fromSeq, long behind) {
    return blocks.ahead(fromSeq, behind);
  }

  /**
   * The sequence of the message that has {@code before} others up to {@code fromSeq} behind it; 0
   * when there are not so many. Looks at blocks, and at the messages of one.
   */
  public long back(long fromSeq, long before) {
    return blocks.back(fromSeq, before);
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

  /** The sequence of the first message not older than that time; 0 when there is none. */
  public long seqAtOrAfter(long epochNanos) {
    int at = blocks.ceilingOfTime(epochNanos);
    if (at == blocks.size()) {
      return 0;
    }
    Block block = blocks.get(at);
    return next(block.seq(block.ceilingOfTime(epochNanos)));
  }

  /**
   * Where messages from a time on begin: the sequence of the first that is not older, the one
   * behind the last message when all are.
   */
  public long seqFrom(long epochNanos) {
    long seq = seqAtOrAfter(epochNanos);
    return seq == 0 ? lastSeq() + 1 : seq;
  }

  /** The id of a message's subject in {@link #subjects}; -1 when there is no such message. */
  public int subjectId(long seq) {
    Block block = blocks.holding(seq);
    return block == null ? -1 : block.subjectId(block.indexOf(seq));
  }

  /** A message's time; 0 when there is no such message. */
  public long epochNanos(long seq) {
    Block block = blocks.holding(seq);
    return block == null ? 0 : block.epochNanos(block.indexOf(seq));
  }

  /** The bytes that a message counts for; 0 when there is no such message. */
  public int size(long seq) {
    Block block = blocks.holding(seq);
    return block == null ? 0 : accounted.of(block, block.indexOf(seq));
  }

  /** The messages of single subjects. */
  public SubjectMessages ofSubjects() {
    return ofSubjects;
  }

  /** The subjects of the messages. */
  public SubjectIndex subjects() {
    return subjects;
  }
}
