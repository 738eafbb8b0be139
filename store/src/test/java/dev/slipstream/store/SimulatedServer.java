// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A store with loops and streams on a disk that may lose power, beside a model that knows what was
 * appended, what was acknowledged, and what the streams must hold.
 *
 * <p>The rules that it holds the store to: what is applied was appended, in that order and once;
 * what was acknowledged is there after every crash; a stream's content is that of the model after
 * as many operations as were applied.
 */
final class SimulatedServer {
  static final Path DIRECTORY = Path.of("/data");
  static final String[] SUBJECTS = {"a", "a.b", "a.c", "b.a", "b.b.c", "c", "d.e", "d.f"};

  static final byte REMOVE = 16;
  static final byte REMOVE_THROUGH = 17;
  private static final byte ADVANCE = 18;
  private static final byte DROP = 19;

  /** One operation on a stream: a message, or a type of operation with a sequence. */
  record Operation(byte type, PlainStream.@Nullable Message message, long seq) {}

  /** A stream as the model sees it. */
  final class Stream {
    final long id;
    final int loop;
    boolean compresses;
    final List<Operation> operations = new ArrayList<>();
    PlainStream appended = new PlainStream();
    int acknowledged;
    int applied;
    boolean endApplied;
    @Nullable StreamStore store;

    Stream(long id, int loop) {
      this.id = id;
      this.loop = loop;
      this.compresses = mayCompress && random.nextBoolean();
    }

    boolean isDropped() {
      return !operations.isEmpty() && operations.get(operations.size() - 1).type == DROP;
    }

    /** Whether it is known to be dropped, so that what is left of it means nothing. */
    boolean isGone() {
      return isDropped() && acknowledged == operations.size();
    }

    /** What the stream holds after the first {@code count} operations. */
    PlainStream after(int count) {
      PlainStream plain = new PlainStream();
      operations.subList(0, count).forEach(operation -> apply(operation, plain));
      return plain;
    }

    StreamStore store() {
      StreamStore present = store;
      if (present == null) {
        present = server().fileStream(id, loops.get(loop));
        present.compress(compresses);
        store = present;
      }
      return present;
    }
  }

  final FaultyDisk disk;
  final StoreOptions.Builder options;
  final RandomGenerator random;
  final Simulation simulation;
  final TreeMap<Long, Stream> streams = new TreeMap<>();
  final List<EventLoop> loops = new ArrayList<>();
  final List<LogAppender> appenders = new ArrayList<>();
  private final int loopCount;
  private @Nullable Store store;
  private long nextId = 1;
  boolean mayCompress = true;
  final List<StoreException> failures = new ArrayList<>();
  @Nullable StoreException failure;

  SimulatedServer(
      FaultyDisk disk, StoreOptions.Builder options, int loopCount, RandomGenerator random) {
    this.disk = disk;
    this.options = options;
    this.random = random;
    this.simulation = new Simulation(random);
    this.loopCount = loopCount;
    for (int i = 0; i < loopCount; i++) {
      loops.add(simulation.loop("loop " + i));
    }
  }

  Store server() {
    return Objects.requireNonNull(store);
  }

  /** Opens the store and holds what it recovers against the model. */
  void start() throws StoreException {
    appenders.clear();
    streams.values().forEach(stream -> stream.store = null);
    streams.values().forEach(stream -> stream.applied = 0);
    failure = null;
    failures.clear();
    Store opened = Store.open(options.build(), disk, DIRECTORY, simulation.clock());
    store = opened;
    opened.recover(
        new Recovery() {
          @Override
          public void snapshot(long assetId, byte[] bytes, int from, int to) {
            Stream stream = known(assetId);
            if (stream.isGone()) {
              opened.dropStream(assetId);
              return;
            }
            stream.applied = OutputBuffer.getInt(bytes, from);
            stream.store();
          }

          @Override
          public void record(LogRecord record) {
            Stream stream = known(record.assetId);
            if (!stream.isGone() && !isLeftOver(stream, record)) {
              applyNext(stream, record);
            }
          }
        });
    for (int i = 0; i < loopCount; i++) {
      int loop = i;
      appenders.add(opened.appender(loops.get(i), new Engine()));
      opened.snapshots(loops.get(i), new PlainSnapshots(() -> assets(loop), this::snapshot));
    }
    streams.values().stream().filter(stream -> !stream.isGone()).forEach(this::settle);
  }

  private Stream known(long id) {
    return Objects.requireNonNull(streams.get(id), () -> "stream " + id + ", which nobody made");
  }

  /**
   * Whether a record is of a stream whose end a checkpoint contains, though nobody was told of it:
   * its records then come from somewhere in the middle.
   */
  private static boolean isLeftOver(Stream stream, LogRecord record) {
    Operation first = stream.operations.get(0);
    return stream.endApplied
        && stream.applied == 0
        && !(first.message != null
            && first.type == record.type
            && first.message.equals(Messages.of(record.message)));
  }

  /** What was recovered is what there is from now on; it must have all that was acknowledged. */
  private void settle(Stream stream) {
    if (stream.endApplied && stream.applied == 0) {
      stream.acknowledged = stream.operations.size(); // it is gone for good
      return;
    }
    assertThat(stream.applied)
        .as(
            "operations of stream %d recovered, acknowledged are %d",
            stream.id, stream.acknowledged)
        .isBetween(stream.acknowledged, stream.operations.size());
    stream.operations.subList(stream.applied, stream.operations.size()).clear();
    stream.acknowledged = stream.applied;
    stream.appended = stream.after(stream.applied);
  }

  private List<Long> assets(int loop) {
    return streams.values().stream()
        .filter(stream -> stream.loop == loop && stream.store != null)
        .map(stream -> stream.id)
        .toList();
  }

  private @Nullable OutputBuffer snapshot(long id) {
    Stream stream = known(id);
    return stream.store == null ? null : new OutputBuffer(4).putInt(stream.applied);
  }

  /** A record came for a stream: it must be the one that is next. */
  private void applyNext(Stream stream, LogRecord record) {
    assertThat(stream.operations).hasSizeGreaterThan(stream.applied);
    Operation operation = stream.operations.get(stream.applied++);
    assertThat(record.type).isEqualTo(operation.type);
    if (operation.message != null) {
      assertThat(Messages.of(record.message)).isEqualTo(operation.message);
      stream.store().append(record.message);
      return;
    }
    assertThat(OutputBuffer.getLong(record.bytes, record.from)).isEqualTo(operation.seq);
    switch (operation.type) {
      case REMOVE -> stream.store().remove(operation.seq);
      case REMOVE_THROUGH -> stream.store().removeThrough(operation.seq);
      case ADVANCE -> stream.store().advance(operation.seq);
      case DROP -> {
        server().dropStream(stream.id);
        stream.store = null;
        stream.endApplied = true;
      }
      default -> throw new AssertionError("type " + operation.type);
    }
  }

  private static void apply(Operation operation, PlainStream plain) {
    if (operation.message != null) {
      plain.append(operation.message);
      return;
    }
    switch (operation.type) {
      case REMOVE -> plain.remove(operation.seq);
      case REMOVE_THROUGH -> plain.removeThrough(operation.seq);
      case ADVANCE -> plain.advance(operation.seq);
      default -> {}
    }
  }

  private final class Engine implements Applier {
    private boolean failed;

    @Override
    public void apply(LogRecord record, @Nullable Object attachment) {
      Stream stream = (Stream) Objects.requireNonNull(attachment);
      assertThat(failed).isFalse();
      assertThat(record.assetId).isEqualTo(stream.id);
      applyNext(stream, record);
      stream.acknowledged = stream.applied;
    }

    @Override
    public void commitApplied() {}

    @Override
    public void failed(StoreException cause) {
      assertThat(failed).isFalse();
      failed = true;
      failure = cause;
      failures.add(cause);
    }
  }

  /** Appends an operation in its loop's next turn. */
  void append() {
    long existing = streams.values().stream().filter(stream -> !stream.isDropped()).count();
    if (existing == 0 || existing < 4 && random.nextInt(20) == 0) {
      long id = nextId++;
      streams.put(id, new Stream(id, random.nextInt(loopCount)));
    }
    List<Stream> open = streams.values().stream().filter(stream -> !stream.isDropped()).toList();
    Stream stream = open.get(random.nextInt(open.size()));
    EventLoop loop = loops.get(stream.loop);
    if (random.nextInt(30) == 0) {
      stream.compresses = mayCompress && random.nextBoolean();
      loop.execute(
          () -> {
            StreamStore present = stream.store;
            if (present != null) {
              present.compress(stream.compresses);
            }
          });
    }
    int many = random.nextInt(4) == 0 ? random.nextInt(20) : 1;
    loop.execute(
        () -> {
          for (int i = 0; i < many && !stream.isDropped(); i++) {
            appendTo(stream, anyOperation(stream));
          }
        });
  }

  void appendTo(Stream stream, Operation operation) {
    LogAppender appender = appenders.get(stream.loop);
    boolean takenBack = random.nextInt(50) == 0;
    if (operation.message == null || takenBack) {
      appender.begin(operation.type, stream.id).putLong(operation.seq);
    }
    if (takenBack) {
      appender.cancel();
      return;
    }
    stream.operations.add(operation);
    apply(operation, stream.appended);
    boolean urgent = random.nextInt(8) > 0;
    if (operation.message == null) {
      appender.end(stream, urgent);
    } else {
      Messages.append(appender, stream.id, operation.message, stream, urgent);
    }
  }

  /** Appends as many messages in its loop's next turn. */
  void publish(Stream stream, int messages) {
    loops
        .get(stream.loop)
        .execute(
            () -> {
              for (int i = 0; i < messages; i++) {
                PlainStream.Message message = message(stream.appended);
                appendTo(stream, new Operation(RecordType.MESSAGE, message, 0));
              }
            });
  }

  /** Removes messages in its loop's next turn. */
  void remove(Stream stream, LongStream seqs) {
    loops
        .get(stream.loop)
        .execute(() -> seqs.forEach(seq -> appendTo(stream, new Operation(REMOVE, null, seq))));
  }

  /** The stream of that number, which is made on the first loop if it is not there. */
  Stream stream(long id) {
    return streams.computeIfAbsent(id, any -> new Stream(id, 0));
  }

  /** Appends the end of a stream. */
  void drop(Stream stream) {
    Operation drop = new Operation(DROP, null, 0);
    while (!stream.isDropped()) { // an append may be taken back
      appendTo(stream, drop);
    }
  }

  private Operation anyOperation(Stream stream) {
    PlainStream plain = stream.appended;
    long any = random.nextLong(Math.max(1, plain.firstSeq() - 1), plain.lastSeq + 2);
    switch (random.nextInt(24)) {
      case 0:
        return new Operation(REMOVE_THROUGH, null, any);
      case 1, 2, 3:
        return new Operation(REMOVE, null, any);
      case 4, 5, 6, 7:
        return new Operation(REMOVE, null, plain.firstSeq());
      case 8:
        return random.nextInt(6) == 0
            ? new Operation(DROP, null, 0)
            : new Operation(ADVANCE, null, plain.lastSeq + random.nextInt(4));
      default:
        return new Operation(RecordType.MESSAGE, message(plain), 0);
    }
  }

  PlainStream.Message message(PlainStream plain) {
    return Messages.random(plain.lastSeq + 1, simulation.clock().epochNanos(), SUBJECTS, random);
  }

  /** Power is lost. */
  void crash() {
    simulation.kill();
    disk.crash(random);
    store = null;
  }

  /** The process is killed. */
  void kill() {
    simulation.kill();
    disk.kill();
    store = null;
  }

  /** Some passes of the storage worker, which may be asked for a checkpoint. */
  void runStorage() {
    if (random.nextInt(20) == 0) {
      server().checkpoint(new CompletableFuture<>());
    }
    for (int most = random.nextInt(12); most > 0 && server().runStorage(); most--) {
      // until nothing is to do
    }
  }

  /** Works until nothing is to do any more. */
  void settleDown() {
    for (int idle = 0; idle < 15; idle++) { // longer than anything waits to be tried again
      simulation.runFor(10_000_000);
      if (server().runCommit() | server().runStorage()) {
        idle = 0;
      }
    }
  }

  /** Holds all content against the model, with what must be read from disk. */
  void compareAll() {
    for (Stream stream : streams.values()) {
      StreamStore present = stream.store;
      if (present != null) {
        StreamStoreTest.compare(
            present,
            stream.after(stream.applied),
            true,
            random,
            (seq, into) -> read(present, seq, into));
      }
    }
  }

  /** Reads a message, from disk where needed. */
  StreamStore.Read read(StreamStore stream, long seq, StoredMessage into) {
    StreamStore.Read[] found = {stream.read(seq, into)};
    if (found[0] == StreamStore.Read.LOADING) {
      stream.load(seq, () -> found[0] = Messages.readCopy(stream, seq, into));
      for (int passes = 0; found[0] == StreamStore.Read.LOADING && passes < 10_000; passes++) {
        server().runStorage();
        simulation.step();
      }
    }
    return found[0];
  }
}
