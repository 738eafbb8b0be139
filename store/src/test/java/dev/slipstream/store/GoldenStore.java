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
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A tiny store that is the same to the byte whenever it is written: two streams with messages of
 * every shape, removed ones, full and open blocks, in a pack and in files of their own, a
 * checkpoint, a log of several files before it and records behind it. That of format 2 has
 * compressed blocks.
 */
final class GoldenStore {
  static final StoreOptions OPTIONS =
      StoreOptions.builder()
          .reserveBytes(0)
          .firstLogFileBytes(6 << 10)
          .logFileBytes(6 << 10)
          .logBytes(48 << 10)
          .blockBytes(1 << 10)
          .segmentBytes(3 << 10)
          .packedBytes(2 << 10)
          .build();

  /** Of the catalogue: a stream's number, then its name. */
  static final byte CREATED = 16;

  /** Of a stream: a sequence that is removed. */
  static final byte REMOVED = 17;

  private static final long MILLISECOND_NANOS = 1_000_000;
  private static final String[] NAMES = {"ORDERS", "EVENTS"};

  final FaultyDisk disk;
  final Map<Long, PlainStream> model = new TreeMap<>();
  private final Simulation simulation = new Simulation(new SplittableRandom(1));
  private final EventLoop loop = simulation.loop("loop");
  private final Map<Long, StreamStore> streams = new TreeMap<>();
  private final Store store;
  private final LogAppender appender;

  /** 1, or 2 with compressed blocks. */
  private final int format;

  /** Opens a disk with a golden store on it, or an empty one. */
  GoldenStore(int format, FaultyDisk disk) throws StoreException {
    this.format = format;
    this.disk = disk;
    store = Store.open(OPTIONS, disk, SimulatedServer.DIRECTORY, simulation.clock());
    RecordTaker taker = new RecordTaker(this::recovered, this::apply);
    store.recover(taker);
    appender = store.appender(loop, taker);
    store.snapshots(loop, new PlainSnapshots(this::assets, GoldenStore::snapshot));
  }

  private void recovered(long assetId, byte[] bytes, int from, int to) {
    if (assetId > 0) {
      assertThat(new String(bytes, from, to - from)).isEqualTo(name(assetId));
      stream(assetId);
    }
  }

  private static String name(long assetId) {
    return NAMES[(int) assetId - 1];
  }

  private StreamStore stream(long assetId) {
    return streams.computeIfAbsent(
        assetId,
        id -> {
          StreamStore stream = store.fileStream(id, loop);
          stream.compress(format == 2);
          return stream;
        });
  }

  private Set<Long> assets() {
    Set<Long> assets = new TreeSet<>(streams.keySet());
    assets.add(0L);
    return assets;
  }

  private static OutputBuffer snapshot(long assetId) {
    return new OutputBuffer(16).put(assetId == 0 ? "catalogue" : name(assetId));
  }

  private void apply(LogRecord record) {
    switch (record.type) {
      case CREATED -> stream(OutputBuffer.getLong(record.bytes, record.from));
      case REMOVED ->
          stream(record.assetId).remove(OutputBuffer.getLong(record.bytes, record.from));
      default -> stream(record.assetId).append(record.message);
    }
  }

  /** The golden store of a format, as a killed process leaves it. */
  static GoldenStore write(int format) throws StoreException {
    GoldenStore golden = new GoldenStore(format, new FaultyDisk());
    golden.writeAll();
    return golden;
  }

  /** What the golden store of a format holds, without any file. */
  static Map<Long, PlainStream> known(int format) throws StoreException {
    return write(format).model;
  }

  private void writeAll() {
    create(1);
    create(2);
    for (int i = 0; i < 12; i++) {
      publish(1, 5);
      publish(2, 2);
    }
    for (long seq = 1; seq <= 9; seq++) {
      remove(1, seq); // the first block goes
    }
    remove(1, 30);
    remove(1, 60);
    checkpoint();
    publish(1, 4);
    remove(1, 41);
    checkpoint(); // the open block is continued, its footer written again
    publish(1, 3);
    publish(2, 3);
    remove(2, 25);
    simulation.runFor(20 * MILLISECOND_NANOS);
    commit(); // says that the last commit is durable
  }

  private void create(long id) {
    model.put(id, new PlainStream());
    loop.execute(
        () -> {
          appender.begin(CREATED, 0).putLong(id).put(name(id));
          appender.end(null, true);
        });
    commit();
  }

  private void publish(long id, int count) {
    PlainStream plain = model.get(id);
    for (int i = 0; i < count; i++) {
      simulation.clock().advance(MILLISECOND_NANOS);
      PlainStream.Message message = message(plain.lastSeq + 1);
      plain.append(message);
      loop.execute(() -> Messages.append(appender, id, message, null, true));
    }
    commit();
  }

  private PlainStream.Message message(long seq) {
    String headers = seq % 5 == 0 ? "NATS/1.0\r\nNats-Msg-Id: " + seq + "\r\n\r\n" : "";
    String payload = seq % 7 == 0 ? "" : payload(format, seq);
    String subject = seq % 3 == 0 ? "orders.new" : "orders." + seq % 4;
    return Messages.message(seq, simulation.clock().epochNanos(), subject, headers, payload);
  }

  /** The payload of a message; of format 2 it becomes much smaller when it is compressed. */
  static String payload(int format, long seq) {
    return "payload " + seq + "x".repeat((int) (seq * 13 % 40) * (format == 1 ? 1 : 8));
  }

  private void remove(long id, long seq) {
    assertThat(model.get(id).remove(seq)).isTrue();
    loop.execute(
        () -> {
          appender.begin(REMOVED, id).putLong(seq);
          appender.end(null, true);
        });
    commit();
  }

  private void commit() {
    simulation.runReady();
    while (store.runCommit() | store.runStorage()) {
      simulation.runReady();
    }
    simulation.runReady();
  }

  private void checkpoint() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    store.checkpoint(done);
    commit();
    assertThat(done).isCompleted();
  }

  /** All messages of a stream, from disk where needed. */
  List<PlainStream.Message> messages(long id) {
    List<PlainStream.Message> messages = new ArrayList<>();
    StreamStore stream = stream(id);
    StoredMessage view = new StoredMessage();
    for (long seq = 1; seq <= stream.lastSeq(); seq++) {
      if (!stream.has(seq)) {
        continue;
      }
      StreamStore.Read found = stream.read(seq, view);
      if (found == StreamStore.Read.LOADING) {
        stream.load(seq, () -> {});
        commit();
        found = stream.read(seq, view);
      }
      assertThat(found).isEqualTo(StreamStore.Read.FOUND);
      messages.add(Messages.of(view));
    }
    return messages;
  }

  StoreStats stats() {
    return store.stats();
  }

  /** The names that the golden store's records have, for those who look from outside. */
  static final class Names implements StoreNames {
    private final Map<Long, String> names = new TreeMap<>();

    @Override
    public void snapshot(long assetId, byte[] bytes, int from, int to) {
      names.put(assetId, new String(bytes, from, to - from));
    }

    @Override
    public @Nullable String asset(long assetId) {
      return names.get(assetId);
    }

    @Override
    public List<Long> assets(String name) {
      return names.keySet().stream().filter(id -> names.get(id).equals(name)).toList();
    }

    @Override
    public @Nullable String type(byte type) {
      return type == CREATED ? "created" : type == REMOVED ? "removed" : null;
    }
  }
}
