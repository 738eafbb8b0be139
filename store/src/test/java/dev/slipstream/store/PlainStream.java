// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a stream holds, said as simply as can be: the model that a {@link StreamStore} is held to.
 */
final class PlainStream {

  record Message(long seq, long epochNanos, String subject, byte[] headers, byte[] payload)
      implements Comparable<Message> {
    @Override
    public int compareTo(Message other) {
      return Long.compare(seq, other.seq);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Message message
          && seq == message.seq
          && epochNanos == message.epochNanos
          && subject.equals(message.subject)
          && Arrays.equals(headers, message.headers)
          && Arrays.equals(payload, message.payload);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(seq);
    }

    int size(boolean file) {
      int content = subject.length() + headers.length + payload.length;
      return content + (file ? headers.length > 0 ? 34 : 30 : 16);
    }
  }

  final TreeMap<Long, Message> messages = new TreeMap<>();
  long lastSeq;
  long lastEpochNanos;

  void append(Message message) {
    messages.put(message.seq, message);
    lastSeq = message.seq;
    lastEpochNanos = message.epochNanos;
  }

  void advance(long seq) {
    lastSeq = seq;
  }

  boolean remove(long seq) {
    return messages.remove(seq) != null;
  }

  long removeThrough(long seq) {
    long before = messages.size();
    messages.headMap(seq, true).clear();
    return before - messages.size();
  }

  long firstSeq() {
    return messages.isEmpty() ? lastSeq == 0 ? 0 : lastSeq + 1 : messages.firstKey();
  }

  long bytes(boolean file) {
    return messages.values().stream().mapToLong(m -> m.size(file)).sum();
  }

  long next(long from, Predicate<Message> wanted) {
    return messages.tailMap(from, true).values().stream()
        .filter(wanted)
        .mapToLong(Message::seq)
        .findFirst()
        .orElse(0);
  }

  long previous(long from, Predicate<Message> wanted) {
    return messages.headMap(from, true).descendingMap().values().stream()
        .filter(wanted)
        .mapToLong(Message::seq)
        .findFirst()
        .orElse(0);
  }

  PlainStream copy() {
    PlainStream copy = new PlainStream();
    copy.messages.putAll(messages);
    copy.lastSeq = lastSeq;
    copy.lastEpochNanos = lastEpochNanos;
    return copy;
  }
}
