// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamState;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What goes into the archive of a stream, entry by entry: its state and that of its consumers as
 * they were at one moment, and its messages up to the last one of that moment.
 *
 * <p>A message that leaves the stream before its turn is not in the archive; a restore then leaves
 * the same gap. The states of consumers are kept as compact bytes until their turn comes. Owner:
 * the stream's loop. Source: docs/adr/0008.
 */
final class SnapshotContents {
  /** What {@link #step} did. */
  enum Step {
    /** An entry was written. */
    WRITTEN,
    /** The next message is being read from disk: see {@link #load}. */
    LOADING,
    /** Everything is written. */
    ENDED
  }

  /** A larger message is written in several steps. */
  private static final int MOST_STEP_BYTES = 128 << 10;

  private record Moment(String name, ConsumerConfig config, byte[] state) {}

  private final Stream stream;
  private final StreamStore store;
  private final StreamState state;
  private final long epochNanos;
  private final ArchiveWriter archive;
  private final ArrayDeque<Moment> consumers = new ArrayDeque<>();
  private final StoredMessage message = new StoredMessage();
  private byte[] large = OutputBuffer.NO_BYTES;
  private int largeAt;
  private int lastBytes;
  private boolean stateWritten;
  private boolean ended;
  private long nextSeq;

  /** The contents at this moment. */
  SnapshotContents(Stream stream, boolean withConsumers) throws ArchiveException {
    this.stream = stream;
    store = stream.store;
    state = StreamView.state(stream);
    epochNanos = stream.shard.clock.epochNanos();
    archive = new ArchiveWriter();
    nextSeq = Math.max(1, state.firstSeq());
    if (withConsumers) {
      for (Consumer consumer : stream.consumers.sorted()) {
        OutputBuffer bytes = new OutputBuffer(64);
        consumer.state.write(bytes);
        consumers.add(new Moment(consumer.name, consumer.config(), bytes.toBytes()));
      }
    }
  }

  /** What the stream held at the moment. */
  StreamState state() {
    return state;
  }

  /** How many bytes are written and not taken yet. */
  int ready() {
    return archive.ready();
  }

  /** Takes the next of what is written. */
  byte[] take(int count) {
    return archive.take(count);
  }

  /** How much the last step wrote. */
  int lastBytes() {
    return lastBytes;
  }

  /** Writes the next entry. */
  Step step() throws ArchiveException {
    lastBytes = 0;
    if (ended) {
      return Step.ENDED;
    }
    if (largeAt < large.length) {
      writeLarge();
      return Step.WRITTEN;
    }
    if (!stateWritten) {
      stateWritten = true;
      writeState();
      return Step.WRITTEN;
    }
    Moment consumer = consumers.poll();
    if (consumer != null) {
      ConsumerState restored = new ConsumerState(consumer.config.ackPolicy(), false, 1);
      restored.read(consumer.state, 0);
      byte[] json = ArchivedConsumer.write(consumer.config, restored);
      archive.document(ArchiveWriter.CONSUMER + consumer.name, epochNanos, json);
      lastBytes = json.length;
      return Step.WRITTEN;
    }
    return stepMessage();
  }

  private void writeState() throws ArchiveException {
    StreamState shown =
        new StreamState(
            state.messages(),
            state.bytes(),
            state.firstSeq(),
            state.firstTime(),
            state.lastSeq(),
            state.lastTime(),
            state.numSubjects(),
            state.subjects(),
            state.numDeleted(),
            state.deleted(),
            state.lost(),
            consumers.size());
    JsonWriter json = new JsonWriter();
    shown.write(json);
    archive.document(ArchiveWriter.STATE, epochNanos, json.toBytes());
  }

  private Step stepMessage() throws ArchiveException {
    if (stream.isClosed()) {
      throw unreadable("store is closed");
    }
    long seq = store.next(nextSeq);
    if (seq == 0 || seq > state.lastSeq()) {
      ended = true;
      archive.end();
      return Step.WRITTEN;
    }
    switch (store.read(seq, message)) {
      case LOADING -> {
        return Step.LOADING;
      }
      case DAMAGED -> throw unreadable("message " + seq + " is damaged");
      case FOUND -> writeMessage();
      case ABSENT -> {}
    }
    nextSeq = seq + 1;
    return Step.WRITTEN;
  }

  private void writeMessage() throws ArchiveException {
    archive.message(message);
    int bytes = message.payloadTo - message.headersFrom;
    if (bytes <= MOST_STEP_BYTES) {
      archive.content(message.bytes, message.headersFrom, message.payloadTo);
      lastBytes = bytes;
    } else {
      // it may leave before the steps that it takes are done
      large = Arrays.copyOfRange(message.bytes, message.headersFrom, message.payloadTo);
      largeAt = 0;
    }
  }

  private void writeLarge() throws ArchiveException {
    lastBytes = Math.min(MOST_STEP_BYTES, large.length - largeAt);
    archive.content(large, largeAt, largeAt + lastBytes);
    largeAt += lastBytes;
    if (largeAt == large.length) {
      large = OutputBuffer.NO_BYTES;
      largeAt = 0;
    }
  }

  private ArchiveException unreadable(String why) {
    return new ArchiveException("couldn't load next message after seq " + nextSeq + ": " + why);
  }

  /** Has the next message brought into memory. */
  void load(Runnable whenLoaded) {
    store.load(store.next(nextSeq), whenLoaded);
  }
}
