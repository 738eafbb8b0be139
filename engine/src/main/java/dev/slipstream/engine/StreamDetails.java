// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import org.jspecify.annotations.Nullable;

/**
 * What STREAM.INFO shows of a stream on request, subjects with their messages and the sequences
 * that were deleted: gathered in slices, so that the loop is free in between.
 *
 * <p>Each slice shows the stream as it is then; subjects come in the order of their bytes. Owner:
 * the stream's loop. Source: ADR-1.
 */
final class StreamDetails {
  /** The most subjects in one answer. */
  static final int SUBJECTS_LIMIT = 100_000;

  private static final int MOST_EXPECTED_BYTES = 16 << 20;

  private final Stream stream;
  private final StreamStore store;
  private final StreamInfoRequest asked;
  private final int slice;

  private final @Nullable JsonWriter subjects;
  private boolean subjectsDone;
  private int total;
  private int shown;
  private byte @Nullable [] subjectAt;

  private final @Nullable JsonWriter deleted;
  private boolean anyDeleted;
  private long seqAt;

  StreamDetails(Stream stream, StreamInfoRequest asked) {
    this.stream = stream;
    store = stream.store;
    this.asked = asked;
    slice = stream.account.options().sliceMessages();
    subjects = asked.subjectsFilter().isEmpty() ? null : new JsonWriter().object();
    deleted = asked.deletedDetails() ? new JsonWriter(deletedBytes(store)).array() : null;
  }

  /** About how long the array of all deleted sequences is; a larger one grows. */
  private static int deletedBytes(StreamStore store) {
    int digits = Long.toString(store.lastSeq()).length();
    return (int) Math.min(MOST_EXPECTED_BYTES, (digits + 1) * store.deletedCount());
  }

  /**
   * Gathers what is asked for; {@code then} runs when it is there, {@code gone} without a stream.
   */
  void gather(Runnable then, Runnable gone) {
    if (stream.isClosed()) {
      gone.run();
      return;
    }
    boolean all = subjects == null || moreSubjects(subjects);
    if (all && (deleted == null || moreDeleted(deleted))) {
      then.run();
    } else {
      stream.shard.loop.nextTurn(() -> gather(then, gone));
    }
  }

  /** A slice of the subjects; true when it was the last. */
  private boolean moreSubjects(JsonWriter json) {
    if (subjectsDone) {
      return true;
    }
    SubjectIndex index = store.subjects();
    subjectAt =
        index.forEachMatching(
            Subject.bytes(asked.subjectsFilter()),
            subjectAt,
            slice,
            id -> {
              if (total++ >= asked.offset() && shown < SUBJECTS_LIMIT) {
                shown++;
                json.unsignedField(index.name(id), index.count(id));
              }
            });
    subjectsDone = subjectAt == null;
    return subjectsDone;
  }

  /** A slice of the deleted sequences; true when it was the last. */
  private boolean moreDeleted(JsonWriter json) {
    if (store.messages() == 0) {
      return true;
    }
    long seq = Math.max(seqAt, store.firstSeq());
    long next = store.next(seq);
    for (int left = 2 * slice; left > 0; left--) {
      if (seq == next) {
        next = store.next(seq + 1);
      } else if (seq <= store.lastSeq()) {
        json.unsignedValue(seq);
        anyDeleted = true;
      } else {
        return true;
      }
      seq++;
    }
    seqAt = seq;
    return false;
  }

  /** How many subjects match. */
  int total() {
    return total;
  }

  /** The object of the subjects that are shown, ended, so to be asked for once; null for none. */
  @Nullable JsonWriter subjectsJson() {
    return subjects == null || shown == 0 ? null : subjects.end();
  }

  /** The array of the deleted sequences, ended, so to be asked for once; null for none. */
  @Nullable JsonWriter deletedJson() {
    return deleted == null || !anyDeleted ? null : deleted.endArray();
  }
}
