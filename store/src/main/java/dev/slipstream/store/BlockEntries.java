// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.List;

/**
 * What is known of each message of a block beside its bytes, a {@link Column} for each thing: of
 * messages of one size and subject without gaps little more than their times, about 3 bytes each.
 */
final class BlockEntries {
  private static final int NEXT_SUBJECT = 2;

  final long firstSeq;
  private Column seqs = new Column(1);

  /** When each was stored, in nanoseconds since the epoch. */
  private Column times = new Column(0);

  /** Where the frame of each begins. */
  private Column offsets = new Column(0);

  /** Twice the number of each subject, one more when there are headers. */
  private Column subjects = new Column(0);

  /** How many seconds each lives, see {@link StoredMessage#ttlSeconds}. */
  private Column ttls = new Column(0);

  BlockEntries(long firstSeq) {
    this.firstSeq = firstSeq;
  }

  /** Appends their bytes, in the order of docs/data-format.md, "segment files". */
  void encode(OutputBuffer out) {
    for (Column column : List.of(seqs, times, offsets, subjects, ttls)) {
      column.encode(out);
    }
  }

  /** The entries of {@code count} messages whose bytes begin at {@code from}. */
  static BlockEntries decode(byte[] bytes, int from, long firstSeq, int count) {
    BlockEntries entries = new BlockEntries(firstSeq);
    ColumnReader in = new ColumnReader(bytes, from, count);
    entries.seqs = in.next();
    entries.times = in.next();
    entries.offsets = in.next();
    entries.subjects = in.next();
    entries.ttls = in.next();
    return entries;
  }

  /** How many messages there are, or were. */
  int count() {
    return seqs.count();
  }

  /** Adds a message; {@code subject} is a number that the user gives a meaning. */
  void add(long seq, long epochNanos, int ttlSeconds, int offset, int subject, boolean headers) {
    if (count() == 1) {
      offsets.step(offset - offsets.get(0)); // the next ones are expected to be as large
    }
    seqs.add(seq);
    times.add(epochNanos);
    offsets.add(offset);
    addSubject(subjects, coded(subject, headers));
    ttls.add(ttlSeconds);
  }

  private static void addSubject(Column subjects, long coded) {
    if (subjects.count() == 1 && coded - subjects.get(0) == NEXT_SUBJECT) {
      subjects.step(NEXT_SUBJECT); // as when each message has a new subject
    }
    subjects.add(coded);
  }

  private static long coded(int subject, boolean headers) {
    return subject * 2L + (headers ? 1 : 0);
  }

  /** Gives back the room for more messages. */
  void trim() {
    seqs.trim();
    times.trim();
    offsets.trim();
    subjects.trim();
    ttls.trim();
  }

  long seq(int index) {
    return seqs.get(index);
  }

  /** The index of the first message with a sequence of at least {@code seq}; may be count. */
  int ceiling(long seq) {
    if (isConsecutive()) {
      return (int) Math.max(0, Math.min(seq - firstSeq, count()));
    }
    return seqs.ceiling(seq);
  }

  /** Whether the sequences have no gaps. */
  boolean isConsecutive() {
    return seqs.isLine();
  }

  /** The index of the first message with a time of at least {@code epochNanos}; may be count. */
  int ceilingOfTime(long epochNanos) {
    return times.ceiling(epochNanos);
  }

  long epochNanos(int index) {
    return times.get(index);
  }

  int ttlSeconds(int index) {
    return (int) ttls.get(index);
  }

  /** Whether no message has an age limit of its own. */
  boolean hasNoTtl() {
    return ttls.isLevel() && (count() == 0 || ttlSeconds(0) == MessageCodec.NO_TTL);
  }

  /** The frames begin elsewhere now. */
  void moved(Column newOffsets) {
    offsets = newOffsets;
  }

  /** Where the frame of a message begins. */
  int offset(int index) {
    return (int) offsets.get(index);
  }

  /**
   * Where the frame of a message ends.
   *
   * @param used where the last frame ends
   */
  int end(int index, int used) {
    return index + 1 < count() ? offset(index + 1) : used;
  }

  /**
   * Bytes of subject, headers and payload of a message.
   *
   * @param used where the last frame ends
   */
  int contentBytes(int index, int used) {
    return MessageCodec.contentBytes(
        end(index, used) - offset(index),
        MessageCodec.flags(hasHeaders(index), ttlSeconds(index)),
        seq(index) - firstSeq,
        epochNanos(index) - epochNanos(0));
  }

  int subject(int index) {
    return (int) (subjects.get(index) >> 1);
  }

  boolean hasHeaders(int index) {
    return (subjects.get(index) & 1) != 0;
  }

  /** How many messages have headers. */
  int withHeaders() {
    if (subjects.isLevel()) {
      return count() > 0 && hasHeaders(0) ? count() : 0;
    }
    int found = 0;
    for (int i = 0; i < count(); i++) {
      found += (int) (subjects.get(i) & 1);
    }
    return found;
  }

  /** Puts {@code numbers[s]} in the place of each subject {@code s}. */
  void renumber(int[] numbers) {
    Column renumbered = new Column(0);
    if (subjects.isLevel() && count() > 0) {
      renumbered = Column.level(count(), coded(numbers[subject(0)], hasHeaders(0)));
    } else {
      for (int i = 0; i < count(); i++) {
        addSubject(renumbered, coded(numbers[subject(i)], hasHeaders(i)));
      }
      renumbered.trim();
    }
    subjects = renumbered;
  }
}
