// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A store on the real disk with real threads; one stream a loop, that only grows, and is compressed
 * if its number is even.
 */
final class LiveServer implements AutoCloseable {
  final Store store;
  final List<ThreadLoop> loops = new ArrayList<>();
  final List<Engine> engines = new ArrayList<>();

  /** One loop's stream: sequence n has the payload {@code "n"}, repeated. */
  final class Engine implements Applier {
    final long assetId;
    final ThreadLoop loop = new ThreadLoop();
    final AtomicLong acknowledged = new AtomicLong();
    private final int payloadBytes;
    private final NewMessage message = new NewMessage().subject(new byte[] {'s'}, 0, 1);
    @Nullable LogAppender appender;
    @Nullable StreamStore stream;
    long nextSeq;
    volatile @Nullable StoreException failure;
    volatile LongConsumer onAcknowledged = seq -> {};

    Engine(long assetId, int payloadBytes) {
      this.assetId = assetId;
      this.payloadBytes = payloadBytes;
    }

    StreamStore stream() {
      StreamStore present = stream;
      if (present == null) {
        present = store.fileStream(assetId, loop);
        present.compress(assetId % 2 == 0);
        stream = present;
      }
      return present;
    }

    void append(int count) {
      LogAppender to = java.util.Objects.requireNonNull(appender);
      for (int i = 0; i < count; i++) {
        byte[] payload = payload(++nextSeq, payloadBytes);
        message.content(payload, 0, 0, payload.length);
        to.message(assetId, nextSeq, nextSeq, message, null, true);
      }
    }

    @Override
    public void apply(LogRecord record, @Nullable Object attachment) {
      stream().append(record.message);
    }

    @Override
    public void commitApplied() {
      long seq = stream().lastSeq();
      onAcknowledged.accept(seq);
      acknowledged.set(seq);
    }

    @Override
    public void failed(StoreException cause) {
      failure = cause;
    }
  }

  static byte[] payload(long seq, int bytes) {
    byte[] payload = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      payload[i] = (byte) (seq >>> 8 * (i % 8));
    }
    return payload;
  }

  LiveServer(StoreOptions options, Path directory, int loopCount, int payloadBytes)
      throws StoreException {
    store = Store.open(options, Disk.system(), directory, Clock.system());
    for (int i = 0; i < loopCount; i++) {
      engines.add(new Engine(i + 1, payloadBytes));
      loops.add(engines.get(i).loop);
    }
    store.recover(
        new Recovery() {
          @Override
          public void snapshot(long assetId, byte[] bytes, int from, int to) {
            engines.get((int) assetId - 1).stream();
          }

          @Override
          public void record(LogRecord record) {
            engines.get((int) record.assetId - 1).apply(record, null);
          }
        });
    for (Engine engine : engines) {
      engine.nextSeq = engine.stream().lastSeq();
      engine.acknowledged.set(engine.nextSeq);
      engine.appender = store.appender(engine.loop, engine);
      store.snapshots(
          engine.loop,
          new PlainSnapshots(() -> List.of(engine.assetId), asset -> new OutputBuffer(1)));
    }
    store.startThreads(
        work -> {
          Thread thread = new Thread(work);
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void close() {
    store.close();
    loops.forEach(ThreadLoop::close);
  }
}
