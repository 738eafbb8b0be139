// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Everyone who reads a stream: its consumers, and the hidden ones through which other streams take
 * its messages. They hear of each message that comes and goes. Owner: the stream's loop.
 */
final class Readers {
  private final Stream stream;
  private final List<Consumer> all = new ArrayList<>();

  Readers(Stream stream) {
    this.stream = stream;
  }

  /** Whether nobody is there who could need a message. */
  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Adds a hidden consumer for another stream: it is not logged, and ends with the process. */
  Consumer attach(ConsumerConfig config, DeliveryTarget target) {
    long start = ConsumerStart.seq(config, stream.store);
    ConsumerState state = new ConsumerState(config.ackPolicy(), false, start);
    Consumer attached = Consumer.hidden(stream, config, state, target);
    all.add(attached);
    if (stream.isLive()) {
      attached.start();
    }
    return attached;
  }

  /** Ends a hidden consumer. */
  void detach(Consumer attached) {
    if (all.contains(attached)) {
      remove(attached, OutputBuffer.NO_BYTES);
    }
  }

  void add(Consumer consumer) {
    all.add(consumer);
  }

  /** A consumer reads no more; {@code farewell} goes to who waits for its messages. */
  void remove(Consumer consumer, byte[] farewell) {
    all.remove(consumer);
    consumer.close(farewell);
    if (stream.isLive() && !stream.isClosed()) {
      stream.interest.changed();
    }
  }

  /** Begins to live. */
  void start() {
    for (Consumer consumer : List.copyOf(all)) {
      consumer.unseen.recountAtOnce();
      consumer.start();
    }
  }

  /** Whether a subject matches the filter of anyone. */
  boolean anyMatches(byte[] subject, int from, int to) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).filter().matches(subject, from, to)) {
        return true;
      }
    }
    return false;
  }

  /** Whether anyone has not done with a message. */
  boolean anyNeeds(long seq, int subjectId) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).needs(seq, subjectId)) {
        return true;
      }
    }
    return false;
  }

  /** A message was appended under a subject. */
  void onAppended(long seq, int subjectId) {
    for (int i = 0; i < all.size(); i++) {
      Consumer consumer = all.get(i);
      if (consumer.filter().test(subjectId) && consumer.owes(seq)) {
        consumer.unseen.appended(seq, subjectId);
        if (consumer.target().isOpen()) {
          consumer.wake();
        }
      }
    }
  }

  /** A message left the stream. */
  void onRemoved(long seq, int subjectId) {
    for (int i = 0; i < all.size(); i++) {
      Consumer consumer = all.get(i);
      if (consumer.owes(seq)) {
        if (consumer.filter().test(subjectId)) {
          consumer.unseen.removed(seq, subjectId);
        }
      } else {
        consumer.acks.onRemoved(seq);
      }
    }
  }

  /** Everything up to a sequence leaves the stream next: it is no longer owed to anyone. */
  void beforeLeaving(long seq) {
    if (stream.isLive()) { // otherwise all is counted when it is
      for (int i = 0; i < all.size(); i++) {
        all.get(i).unseen.leaving(seq);
      }
    }
  }

  /** Everything up to a sequence left the stream. */
  void onPurgedThrough(long seq) {
    for (Consumer consumer : all) {
      consumer.acks.onPurgedThrough(seq);
    }
  }

  /** A purge by a filter, empty for all, is over: nobody's place stays before what it left. */
  void onPurged(String filter) {
    for (Consumer consumer : all) {
      long next = filter.isEmpty() ? 1 : consumer.filter().nextBehindPurge(stream.store, filter);
      // not where it has looked, which a replay does not know
      if (next - 1 > consumer.state.deliveredStreamSeq()) {
        consumer.acks.onPurgedThrough(next - 1);
      }
      if (next > 0) {
        consumer.state.purged();
      }
    }
  }

  /** Everything up to a sequence was too old. */
  void onExpiredThrough(long seq) {
    for (Consumer consumer : all) {
      consumer.acks.onExpiredThrough(seq);
    }
  }

  /** Ends those of other streams. */
  void close() {
    List.copyOf(all).stream().filter(Consumer::isHidden).forEach(this::detach);
  }

  /** Logs what is not logged yet, and tells open requests that the server goes away. */
  void shutDown() {
    all.forEach(
        consumer -> {
          consumer.logChanges();
          consumer.shutDown();
        });
  }
}
