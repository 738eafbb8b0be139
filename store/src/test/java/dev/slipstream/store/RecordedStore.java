// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store of a few streams that knows of each record where in the log it lies, and reads back what
 * there is, whatever happened to its files. Like the engine, it takes what it is given: no record
 * has to be there.
 */
final class RecordedStore {
  static final byte REMOVE = 16;

  /**
   * A removal, or a message, in the log: {@code record} is the position where its record begins,
   * which several messages may share, and {@code from..to} is its own part of that; {@code message}
   * is null for a removal.
   */
  record Entry(
      long asset,
      PlainStream.@Nullable Message message,
      long seq,
      long record,
      long from,
      long to) {

    void applyTo(Map<Long, TreeMap<Long, PlainStream.Message>> content) {
      TreeMap<Long, PlainStream.Message> stream =
          content.computeIfAbsent(asset, any -> new TreeMap<>());
      if (message == null) {
        stream.remove(seq);
      } else {
        stream.put(seq, message);
      }
    }
  }

  final FaultyDisk disk;
  final Simulation simulation = new Simulation(new SplittableRandom(1));
  final EventLoop loop = simulation.loop("loop");
  final List<Entry> applied = new ArrayList<>();
  final TreeMap<Long, StreamStore> streams = new TreeMap<>();
  final Store store;
  private final LogAppender appender;
  private final boolean compresses;
  private final TreeMap<Long, Long> lastAppended = new TreeMap<>();

  /** Opens the store, and recovers what it has. */
  RecordedStore(StoreOptions options, FaultyDisk disk) throws StoreException {
    this(options, disk, false);
  }

  /** The same, with streams that are compressed. */
  RecordedStore(StoreOptions options, FaultyDisk disk, boolean compresses) throws StoreException {
    this.compresses = compresses;
    this.disk = disk;
    store = Store.open(options, disk, SimulatedServer.DIRECTORY, simulation.clock());
    RecordTaker taker = new RecordTaker((asset, bytes, from, to) -> stream(asset), this::apply);
    store.recover(taker);
    appender = store.appender(loop, taker);
    OutputBuffer nothing = new OutputBuffer(1);
    store.snapshots(loop, new PlainSnapshots(streams::keySet, asset -> nothing));
    streams.forEach((asset, stream) -> lastAppended.put(asset, stream.lastSeq()));
  }

  private StreamStore stream(long asset) {
    return streams.computeIfAbsent(
        asset,
        any -> {
          StreamStore stream = store.fileStream(asset, loop);
          stream.compress(compresses);
          return stream;
        });
  }

  private void apply(LogRecord record) {
    if (record.type == RecordType.MESSAGE) {
      long from = record.position - (record.to - record.from);
      boolean first = record.start < from;
      long begun = first ? record.start : applied.get(applied.size() - 1).record;
      PlainStream.Message message = Messages.of(record.message);
      stream(record.assetId).append(record.message);
      applied.add(new Entry(record.assetId, message, message.seq(), begun, from, record.position));
    } else {
      long seq = OutputBuffer.getLong(record.bytes, record.from);
      stream(record.assetId).remove(seq);
      applied.add(
          new Entry(record.assetId, null, seq, record.start, record.start, record.position));
    }
  }

  /** Appends a message with each of the payloads in one turn, so that they share a record. */
  void append(long asset, String subject, String... payloads) {
    loop.execute(
        () -> {
          for (String payload : payloads) {
            long seq = lastAppended.merge(asset, 1L, Long::sum);
            long now = simulation.clock().epochNanos();
            Messages.append(
                appender, asset, Messages.message(seq, now, subject, "", payload), null, true);
          }
        });
    simulation.runReady();
  }

  void remove(long asset, long seq) {
    loop.execute(
        () -> {
          appender.begin(REMOVE, asset).putLong(seq);
          appender.end(null, true);
        });
    simulation.runReady();
  }

  void commit() {
    while (store.runCommit() | store.runStorage()) {
      simulation.runReady();
    }
    simulation.runReady();
  }

  void checkpoint() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    store.checkpoint(done);
    for (int i = 0; i < 10; i++) {
      commit();
    }
    assertThat(done).isCompleted();
  }

  /** How many messages were appended. */
  int appended() {
    return lastAppended.values().stream().mapToInt(Long::intValue).sum();
  }

  /** Waits until the log itself says that its last commit is durable. */
  void sayDurable() {
    simulation.runFor(20_000_000);
    assertThat(store.runCommit()).as("there is something to say").isTrue();
  }

  /** All that can be read, by stream and sequence. */
  Map<Long, TreeMap<Long, PlainStream.Message>> content() {
    Map<Long, TreeMap<Long, PlainStream.Message>> content = new TreeMap<>();
    StoredMessage view = new StoredMessage();
    streams.forEach(
        (asset, stream) -> {
          TreeMap<Long, PlainStream.Message> messages = new TreeMap<>();
          for (long seq = stream.next(0); seq > 0; seq = stream.next(seq + 1)) {
            StreamStore.Read read = read(stream, seq, view);
            assertThat(read).isIn(StreamStore.Read.FOUND, StreamStore.Read.DAMAGED);
            if (read == StreamStore.Read.FOUND) {
              assertThat(view.seq).isEqualTo(seq);
              messages.put(seq, Messages.of(view));
            }
          }
          content.put(asset, messages);
        });
    return content;
  }

  private StreamStore.Read read(StreamStore stream, long seq, StoredMessage into) {
    StreamStore.Read[] found = {stream.read(seq, into)};
    if (found[0] == StreamStore.Read.LOADING) {
      loop.execute(() -> stream.load(seq, () -> found[0] = Messages.readCopy(stream, seq, into)));
      for (int passes = 0; found[0] == StreamStore.Read.LOADING && passes < 1_000; passes++) {
        store.runStorage();
        simulation.runReady();
      }
    }
    return Objects.requireNonNull(found[0]);
  }
}
