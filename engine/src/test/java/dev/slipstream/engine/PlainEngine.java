// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What an engine's streams and consumers are, said as simply as can be. */
final class PlainEngine {
  final TreeMap<String, PlainStream> streams = new TreeMap<>();

  record PlainMessage(String subject, String payload) {}

  /** A stream: what it holds, and who consumes it. */
  static final class PlainStream {
    final TreeMap<Long, PlainMessage> messages = new TreeMap<>();
    final TreeMap<String, PlainConsumer> consumers = new TreeMap<>();
    long lastSeq;
    long maxMsgs = -1;
    long maxMsgsPerSubject = -1;

    void publish(String subject, String payload) {
      messages.put(++lastSeq, new PlainMessage(subject, payload));
      enforce();
    }

    void enforce() {
      if (maxMsgsPerSubject > 0) {
        for (PlainMessage one : Set.copyOf(messages.values())) {
          while (messages.values().stream().filter(m -> m.subject.equals(one.subject)).count()
              > maxMsgsPerSubject) {
            messages.remove(
                messages.entrySet().stream()
                    .filter(e -> e.getValue().subject.equals(one.subject))
                    .findFirst()
                    .orElseThrow()
                    .getKey());
          }
        }
      }
      while (maxMsgs > 0 && messages.size() > maxMsgs) {
        messages.pollFirstEntry();
      }
    }

    void purge(String subject, int keep) {
      long matching = messages.values().stream().filter(m -> m.subject.equals(subject)).count();
      for (long left = matching - keep; left > 0; left--) {
        messages.values().stream()
            .filter(m -> m.subject.equals(subject))
            .findFirst()
            .ifPresent(messages.values()::remove);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof PlainStream stream
          && lastSeq == stream.lastSeq
          && maxMsgs == stream.maxMsgs
          && maxMsgsPerSubject == stream.maxMsgsPerSubject
          && messages.equals(stream.messages)
          && consumers.equals(stream.consumers);
    }

    @Override
    public int hashCode() {
      return Objects.hash(lastSeq, messages);
    }

    @Override
    public String toString() {
      return "{last " + lastSeq + ", max " + maxMsgs + ", " + consumers + ", " + messages + "}";
    }
  }

  /** A consumer; what it was told of acknowledgements is not part of its equality. */
  static final class PlainConsumer {
    String filter = "";
    long ackWaitSeconds = 30;

    /** Acknowledgements that were confirmed: never to be delivered again. */
    final Set<Long> settled = new HashSet<>();

    /** Acknowledgements that nobody confirmed. */
    final Set<Long> maybeSettled = new HashSet<>();

    @Override
    public boolean equals(Object other) {
      return other instanceof PlainConsumer consumer
          && filter.equals(consumer.filter)
          && ackWaitSeconds == consumer.ackWaitSeconds;
    }

    @Override
    public int hashCode() {
      return filter.hashCode();
    }

    @Override
    public String toString() {
      return filter + "/" + ackWaitSeconds;
    }
  }

  PlainEngine copy() {
    PlainEngine copy = new PlainEngine();
    streams.forEach(
        (name, stream) -> {
          PlainStream same = new PlainStream();
          same.messages.putAll(stream.messages);
          same.lastSeq = stream.lastSeq;
          same.maxMsgs = stream.maxMsgs;
          same.maxMsgsPerSubject = stream.maxMsgsPerSubject;
          stream.consumers.forEach(
              (consumerName, consumer) -> {
                PlainConsumer twin = new PlainConsumer();
                twin.filter = consumer.filter;
                twin.ackWaitSeconds = consumer.ackWaitSeconds;
                twin.settled.addAll(consumer.settled);
                twin.maybeSettled.addAll(consumer.maybeSettled);
                same.consumers.put(consumerName, twin);
              });
          copy.streams.put(name, same);
        });
    return copy;
  }
}
