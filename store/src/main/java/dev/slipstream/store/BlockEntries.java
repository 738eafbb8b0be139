// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * What is known of each message of a block beside its bytes, a {@link Column} for each thing: of
 * messages of one size and subject without gaps little more than their times, about 3 bytes each.
 */
final class BlockEntries {
  private static final int NEXT_SUBJECT = 2;

  final long firstSeq;
  Column seqs = new Column(1);

  /** When each was stored, in nanoseconds since the epoch. */
  Column times = new Column(0);

  /** Where each record begins. */
  Column offsets = new Column(0);

  /** Twice the number of each subject, one more when there are headers. */
  Column subjects = new Column(0);

  /** How many seconds each lives, see {@link MessageCodec#ttlSeconds}. */
  Column ttls = new Column(0);

  BlockEntries(long firstSeq) {
    this.firstSeq = firstSeq;
  }

  /** How many messages there are, or were. */
  int count() {
    return seqs.count();
  }

  /** Adds a message; {@code subject} is a number that the user gives a meaning. */
  void add(long seq, long epochNanos, int ttlSeconds, int offset, int subject, boolean headers) {
    if (count() == 1) {
      offsets.step(offset); // the next ones are expected to be as large as the first
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
    if (seqs.isLine()) {
      return (int) Math.max(0, Math.min(seq - firstSeq, count()));
    }
    return seqs.ceiling(seq);
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

  /** Where the record of a message begins. */
  int offset(int index) {
    return (int) offsets.get(index);
  }

  /**
   * Where the record of a message ends.
   *
   * @param used where the last record ends
   */
  int end(int index, int used) {
    return index + 1 < count() ? offset(index + 1) : used;
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
