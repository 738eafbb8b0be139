// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectTrie;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Subjects that a permission names, each alone or together with a queue group ({@code "subject
 * queue"}, either with wildcards). Immutable, so that it may be read on any loop.
 */
final class SubjectSet {
  private final SubjectTrie<Entry> entries = new SubjectTrie<>();

  private static final class Entry {
    private final byte[] queue;

    Entry(byte[] queue) {
      this.queue = queue;
    }
  }

  SubjectSet(List<String> subjects) {
    for (String subject : subjects) {
      String[] words = subject.strip().split("\\s+");
      byte[] queue = words.length > 1 ? Subject.bytes(words[1]) : OutputBuffer.NO_BYTES;
      entries.add(Subject.bytes(words[0]), new Entry(queue));
    }
  }

  /** Whether a subject, taken literally, is named by an entry of either kind. */
  boolean names(byte[] bytes, int from, int to) {
    return !Subject.hasEmptyToken(bytes, from, to) && entries.matchesAny(bytes, from, to);
  }

  /** Whether an entry without queue names the subject. */
  boolean namesPlain(byte[] bytes, int from, int to) {
    return matching(bytes, from, to).stream().anyMatch(entry -> entry.queue.length == 0);
  }

  /** Whether entries with a queue name the subject. */
  boolean namesAnyQueue(byte[] bytes, int from, int to) {
    return matching(bytes, from, to).stream().anyMatch(entry -> entry.queue.length > 0);
  }

  /** Whether an entry with a queue names the subject, and the queue by its name or as a filter. */
  boolean namesQueue(byte[] bytes, int from, int to, byte[] queue) {
    return matching(bytes, from, to).stream()
        .anyMatch(
            entry ->
                entry.queue.length > 0
                    && (Arrays.equals(entry.queue, queue)
                        || Subject.matches(queue, 0, queue.length, entry.queue)));
  }

  private List<Entry> matching(byte[] bytes, int from, int to) {
    List<Entry> found = new ArrayList<>();
    entries.match(bytes, from, to, found::add);
    return found;
  }
}
