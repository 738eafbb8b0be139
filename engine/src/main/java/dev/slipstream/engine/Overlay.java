// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StreamStore;
import java.util.HashMap;
import java.util.Map;

/**
 * What is in the log of one stream and not applied yet, as far as the checks of the next publish
 * must know it: the last sequence, the last message id, how much is under way and, from the first
 * time somebody asks, the last sequence of each subject under way.
 *
 * <p>Empty whenever nothing is under way. Owner: the stream's loop.
 */
final class Overlay {
  private static final int SPARE_SUBJECTS = 1024;

  private final StreamStore store;
  private final Map<String, Long> lastBySubject = new HashMap<>();
  private boolean notesSubjects;
  private byte[] lastMessageId = OutputBuffer.NO_BYTES;
  private long lastSeq;
  private long lastEpochNanos;
  private long messages;
  private long bytes;

  Overlay(StreamStore store) {
    this.store = store;
  }

  /** Forgets what is under way: the applied state is all there is. */
  void reset(byte[] appliedMessageId) {
    lastSeq = store.lastSeq();
    lastEpochNanos = Math.max(lastEpochNanos, store.lastEpochNanos());
    lastMessageId = appliedMessageId;
    messages = 0;
    bytes = 0;
    lastBySubject.clear();
  }

  long lastSeq() {
    return lastSeq;
  }

  byte[] lastMessageId() {
    return lastMessageId;
  }

  long messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return messages == 0;
  }

  /** The time of the next message: the clock's, but never before that of the last message. */
  long nextEpochNanos(long nowEpochNanos) {
    lastEpochNanos = Math.max(lastEpochNanos, nowEpochNanos);
    return lastEpochNanos;
  }

  /** A message goes into the log; answers its sequence. */
  long add(String subject, byte[] messageId, int size) {
    skip(messageId);
    bytes += size;
    if (notesSubjects) {
      lastBySubject.put(subject, lastSeq);
      forgetApplied();
    }
    return lastSeq;
  }

  /** Under constant load something is always under way: what is applied goes now and then. */
  private void forgetApplied() {
    if (lastBySubject.size() > 2 * messages + SPARE_SUBJECTS) {
      lastBySubject.values().removeIf(seq -> seq <= store.lastSeq());
    }
  }

  /** How many subjects are noted; bounded by what is under way. */
  int notedSubjects() {
    return lastBySubject.size();
  }

  /** A message that is not stored goes into the log; answers its sequence. */
  long skip(byte[] messageId) {
    lastSeq++;
    messages++;
    lastMessageId = messageId;
    return lastSeq;
  }

  /** The last sequence moves on without a message. */
  void advance(long seq) {
    lastSeq = Math.max(lastSeq, seq);
  }

  /** A message was applied. */
  void applied(int size) {
    messages = Math.max(0, messages - 1);
    bytes = messages == 0 ? 0 : Math.max(0, bytes - size);
    if (messages == 0) {
      lastBySubject.clear();
    }
  }

  /** Whether subjects under way are noted, so that {@link #lastOf} knows them. */
  boolean notesSubjects() {
    return notesSubjects;
  }

  /** Notes subjects from now on; false when it would have to begin while records are under way. */
  boolean tryNoteSubjects() {
    notesSubjects |= isEmpty();
    return notesSubjects;
  }

  /** The last sequence under a subject, which may hold wildcards; 0 when there is none. */
  long lastOf(String subject) {
    long[] last = {store.subjects().last(Subject.bytes(subject))};
    lastBySubject.forEach(
        (each, seq) -> {
          if (seq > store.lastSeq() && Subject.matches(each, subject)) {
            last[0] = Math.max(last[0], seq);
          }
        });
    return last[0];
  }
}
