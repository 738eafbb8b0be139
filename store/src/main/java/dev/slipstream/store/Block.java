// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run of consecutive messages of one stream: one behind the other in one array, and what is asked
 * of them most (time, subject, place, removed or not) beside it in plain arrays.
 *
 * <p>The bytes, a base and frames as {@link MessageCodec} has them, may be away (on disk only); the
 * rest stays. Bytes once written never change, so that the storage worker may read what it was
 * handed while the loop appends. Owner: the stream's loop.
 */
final class Block {
  private static final int THIN_ENTRIES = 8;

  final long firstSeq;
  final StreamStore stream;

  /** The messages in {@code 0..used}, or null while they are on disk only. */
  byte @Nullable [] data;

  int used;

  /** How many of them live. */
  int live;

  /** Where the block lies on disk; null in a memory stream. Its fields are the storage worker's. */
  final @Nullable BlockPlace place;

  /** Whether all of it is on disk, so that the bytes may go from memory. */
  boolean written;

  /** Whether it was read or appended to since it was last passed over for leaving memory. */
  boolean touched;

  /** How many of its bytes the {@link BlockBudget} counts that it is in. */
  int heldBytes;

  /** Whether the storage worker was asked for the bytes. */
  boolean loading;

  /** Whether reading it from disk failed. */
  boolean unreadable;

  /** Whether the stream knows what is damaged in it. */
  private boolean damageNoted;

  /** When one of its messages may be too old next, by its own limit; {@link MessageExpiry}'s. */
  long nextExpiryNanos = Long.MAX_VALUE;

  /** Whether a checkpoint names it, which then needs what stands in it. */
  boolean named;

  /** Whether what lives in it is about to be copied into another block. */
  boolean moving;

  private @Nullable List<Runnable> waiting;
  private int firstLive;
  private int compactBelow = -1;
  private final BlockEntries entries;
  private Column links;
  private @Nullable BitSet gone;
  private long @Nullable [] damaged;

  /** An empty block. */
  Block(StreamStore stream, long firstSeq, @Nullable BlockPlace place) {
    this(stream, new BlockEntries(firstSeq), place);
  }

  /**
   * A block on disk; the subjects of its messages are not {@link #identify identified} yet.
   *
   * @param dead a bit for each message, set when it is not there any more
   */
  Block(StreamStore stream, BlockContents contents, long[] dead, BlockPlace place) {
    this(stream, contents.entries, place);
    written = true;
    used = contents.used;
    live = count();
    BitSet bits = BitSet.valueOf(dead).get(0, count());
    gone = bits.isEmpty() ? null : bits;
    live -= bits.cardinality();
  }

  private Block(StreamStore stream, BlockEntries entries, @Nullable BlockPlace place) {
    this.stream = stream;
    this.entries = entries;
    this.place = place;
    firstSeq = entries.firstSeq;
    links = Column.level(entries.count(), 0);
  }

  /** Puts the stream's id of each subject in the place of its index among the block's. */
  void identify(int[] ids) {
    entries.renumber(ids);
  }

  /** Appends a message; the caller made sure that it fits. */
  void append(StoredMessage message, int subjectId) {
    int offset = count() == 0 ? MessageCodec.BASE_BYTES : used;
    used = offset;
    byte[] into = room(MessageCodec.mostBlockBytes(message));
    if (count() == 0) {
      RecordHeader.setLong(into, 0, firstSeq);
      RecordHeader.setLong(into, Long.BYTES, message.epochNanos);
    }
    entries.add(
        message.seq,
        message.epochNanos,
        message.ttlSeconds,
        offset,
        subjectId,
        message.hasHeaders());
    links.add(0);
    live++;
    long nanos = message.epochNanos - entries.epochNanos(0);
    used = MessageCodec.putBlockFrame(into, offset, message, message.seq - firstSeq, nanos);
    touched = true;
  }

  /** Shows a message; its bytes are in memory. */
  void show(int index, StoredMessage into) {
    byte[] bytes = Objects.requireNonNull(data, "a message on disk only");
    if (!MessageCodec.show(bytes, offset(index), end(index), firstSeq, epochNanos(0), into)) {
      throw new IllegalStateException("what stands at " + offset(index) + " is no message");
    }
  }

  private byte[] room(int more) {
    byte[] bytes = Objects.requireNonNull(data, "a block that takes messages is in memory");
    if (bytes.length - used < more) {
      int limit = Math.max(stream.blockBytes(), used + more);
      byte[] larger = stream.buffer(Math.min(limit, Math.max(bytes.length * 2, used + more)));
      System.arraycopy(bytes, 0, larger, 0, used);
      bytes = larger;
      data = bytes;
      stream.grew(this, bytes.length);
    }
    return bytes;
  }

  /** Nothing is appended any more: gives back what was kept ready for it. */
  void trim() {
    entries.trim();
    links.trim();
    byte[] bytes = data;
    if (bytes != null && used < bytes.length - bytes.length / 4) {
      data = Arrays.copyOf(bytes, used);
    }
  }

  /** How many messages were appended, removed ones too. */
  int count() {
    return entries.count();
  }

  /** What is known of each of them; of a full block it does not change any more. */
  BlockEntries entries() {
    return entries;
  }

  /** Whether all of them live and their sequences have no gaps. */
  boolean isDense() {
    return live == count() && entries.isConsecutive();
  }

  long lastSeq() {
    return entries.seq(entries.count() - 1);
  }

  long seq(int index) {
    return entries.seq(index);
  }

  /** The index of the first message with a sequence of at least {@code seq}; may be count. */
  int ceiling(long seq) {
    return entries.ceiling(seq);
  }

  /** The index of the message with that sequence, removed or not; -1 when there never was one. */
  int indexOf(long seq) {
    int index = ceiling(seq);
    return index < count() && seq(index) == seq ? index : -1;
  }

  boolean isLive(int index) {
    BitSet bits = gone;
    return bits == null || !bits.get(index);
  }

  /** The index of the first living message from {@code index} on; count when there is none. */
  int nextLive(int index) {
    BitSet bits = gone;
    return Math.min(count(), bits == null ? index : bits.nextClearBit(index));
  }

  /** The index of the last living message up to {@code index}; -1 when there is none. */
  int previousLive(int index) {
    int last = Math.min(index, count() - 1);
    BitSet bits = gone;
    return bits == null ? last : bits.previousClearBit(last);
  }

  /** How many messages from {@code index} on live. */
  int countLive(int index) {
    BitSet bits = gone;
    int all = count() - Math.min(index, count());
    return bits == null ? all : all - bits.get(index, Math.max(index, count())).cardinality();
  }

  /** The index of the first living message; the block has one. */
  int firstLive() {
    firstLive = nextLive(firstLive);
    return firstLive;
  }

  void markGone(int index) {
    BitSet bits = gone;
    if (bits == null) {
      bits = new BitSet(count());
      gone = bits;
    }
    bits.set(index);
    live--;
  }

  /** The words of the removed messages' bits that {@link #count} messages have. */
  long[] goneWords() {
    BitSet bits = gone;
    return Arrays.copyOf(bits == null ? new long[0] : bits.toLongArray(), (count() + 63) >>> 6);
  }

  int subjectId(int index) {
    return entries.subject(index);
  }

  long epochNanos(int index) {
    return entries.epochNanos(index);
  }

  /** The index of the first message with a time of at least {@code epochNanos}; may be count. */
  int ceilingOfTime(long epochNanos) {
    return entries.ceilingOfTime(epochNanos);
  }

  /**
   * How far ahead the next message of the same subject was appended; 0 when it is the next one, or
   * not known.
   */
  long link(int index) {
    return links.get(index);
  }

  void link(int index, long ahead) {
    if (ahead > 1) {
      links.set(index, ahead);
    }
  }

  int offset(int index) {
    return entries.offset(index);
  }

  int end(int index) {
    return entries.end(index, used);
  }

  boolean hasHeaders(int index) {
    return entries.hasHeaders(index);
  }

  /** Bytes of subject, headers and payload. */
  int contentBytes(int index) {
    return entries.contentBytes(index, used);
  }

  boolean isDamaged(int index) {
    long[] bits = damaged;
    return bits != null && (bits[index >>> 6] & 1L << index) != 0;
  }

  /** Whoever waits for the bytes is told when they come. */
  void await(Runnable whenLoaded) {
    List<Runnable> list = waiting;
    if (list == null) {
      list = new ArrayList<>(2);
      waiting = list;
    }
    list.add(whenLoaded);
  }

  /** The bytes came from disk, or did not ({@code bytes} null); on the loop. */
  void loaded(byte @Nullable [] bytes, long @Nullable [] damagedBits) {
    loading = false;
    unreadable = bytes == null;
    if (live > 0 && bytes != null) {
      data = bytes;
      damaged = damagedBits;
    }
    if (live > 0 && !damageNoted && (bytes == null || damagedBits != null)) {
      damageNoted = true;
      stream.damaged().found(this);
    }
    List<Runnable> list = waiting;
    waiting = null;
    if (list != null) {
      list.forEach(Runnable::run);
    }
  }

  /** Whether so few of a full block's messages live that the rest is worth its room on disk. */
  boolean isThin() {
    return live <= count() / 4 && count() >= THIN_ENTRIES;
  }

  /** About how many bytes the records of its living messages have. */
  long liveBytes() {
    return count() == 0 ? 0 : (long) used * live / count();
  }

  /** Appends what lives of a block that is in memory, and behind which this one ends. */
  void copyLive(Block from) {
    StoredMessage message = new StoredMessage();
    for (int i = from.nextLive(0); i < from.count(); i = from.nextLive(i + 1)) {
      from.show(i, message);
      append(message, from.subjectId(i));
      link(count() - 1, from.link(i));
    }
  }

  /**
   * Takes over what happened in a block to the messages that were copied from it into this one.
   *
   * @param from the index of the first of them
   * @return the index behind the last of them
   */
  int follow(Block original, int from) {
    int at = from;
    for (; at < count() && seq(at) <= original.lastSeq(); at++) {
      int index = original.indexOf(seq(at));
      if (original.live == 0 || !original.isLive(index)) {
        markGone(at);
      }
      link(at, original.link(index));
    }
    return at;
  }

  boolean hasDamage() {
    return damaged != null;
  }

  /**
   * Copies the living records of a full block together when few live; each time at most half as
   * many as the time before, so that removing one costs little on average.
   */
  void compact() {
    byte[] bytes = data;
    if (compactBelow < 0) {
      compactBelow = count() / 4;
    }
    if (bytes == null || live > compactBelow) {
      return;
    }
    compactBelow = live / 2;
    OutputBuffer out = new OutputBuffer(used / 2).put(bytes, 0, MessageCodec.BASE_BYTES);
    Column offsets = new Column(0);
    for (int i = 0; i < count(); i++) {
      offsets.add(out.length());
      if (isLive(i)) {
        out.put(bytes, offset(i), end(i));
      }
    }
    entries.moved(offsets);
    used = out.length();
    data = out.toBytes();
  }
}
