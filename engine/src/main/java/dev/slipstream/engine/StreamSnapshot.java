// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.SnapshotRequest;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot under way: sends the archive of a stream in chunks to a receiver who acknowledges
 * each.
 *
 * <p>A chunk is made when the window has room for it, so that no more is read ahead than that; the
 * work is done in slices. A chunk of full size asks for an acknowledgement, the last, shorter one
 * does not; a message without payload ends it, which says why when it was cut short. Who does not
 * listen any more, or acknowledges nothing for {@link #ACK_WAIT_NANOS}, gets no more. Owner: the
 * stream's loop. Source: the public server, docs/adr/0008.
 */
final class StreamSnapshot {
  private static final int DEFAULT_CHUNK_BYTES = 128 << 10;
  private static final int LEAST_CHUNK_BYTES = 1 << 10;
  private static final int MOST_CHUNK_BYTES = 1 << 20;
  private static final int DEFAULT_WINDOW_BYTES = 8 << 20;
  private static final int MOST_WINDOW_BYTES = 32 << 20;
  private static final long INTEREST_WAIT_NANOS = 2_000_000_000L;
  private static final long ACK_WAIT_NANOS = 5_000_000_000L;

  /** How much is compressed before other work has its turn; so much takes about a millisecond. */
  private static final int SLICE_BYTES = 256 << 10;

  /** What an entry costs beside its bytes. */
  private static final int ENTRY_BYTES = 64;

  private final Stream stream;
  private final SnapshotContents contents;
  private final byte[] deliverSubject;
  private final String ackPrefix;
  private final int chunkBytes;
  private final int window;
  private final java.util.function.Consumer<String> whenOver;

  private int underWay;
  private long sent;
  private long lastSentNanos;
  private boolean begun;
  private boolean heard;
  private boolean held;
  private boolean over;
  private MessageBus.@Nullable Registration watch;
  private EventLoop.@Nullable Timer timer;

  /**
   * A snapshot that has sent nothing yet.
   *
   * @param id tells it from others of the stream
   * @param whenOver told why it was cut short; an empty text when it was not
   */
  StreamSnapshot(
      Stream stream,
      String id,
      SnapshotRequest asked,
      SnapshotContents contents,
      java.util.function.Consumer<String> whenOver) {
    this.stream = stream;
    this.contents = contents;
    this.whenOver = whenOver;
    deliverSubject = Subject.bytes(asked.deliverSubject());
    ackPrefix = "$JS.SNAPSHOT.ACK." + stream.name + "." + id + ".";
    chunkBytes = chunkBytes(asked.chunkSize());
    int windowBytes = asked.windowSize() == 0 ? DEFAULT_WINDOW_BYTES : asked.windowSize();
    int most = Math.min(Math.max(LEAST_CHUNK_BYTES, windowBytes), MOST_WINDOW_BYTES);
    window = Math.max(most, chunkBytes) / chunkBytes;
  }

  private static int chunkBytes(int asked) {
    return asked == 0
        ? DEFAULT_CHUNK_BYTES
        : Math.min(Math.max(LEAST_CHUNK_BYTES, asked), MOST_CHUNK_BYTES);
  }

  Stream stream() {
    return stream;
  }

  /** Begins as soon as somebody listens, or has not come in time. */
  void begin() {
    watch = stream.bus().watch(deliverSubject, this::interestChanged);
    if (isHeard()) {
      heard = true;
      start();
    } else {
      timer = stream.shard.loop.schedule(INTEREST_WAIT_NANOS, this::start);
    }
  }

  private boolean isHeard() {
    return stream.bus().hasInterest(deliverSubject, 0, deliverSubject.length);
  }

  private void interestChanged() {
    boolean hears = isHeard();
    if (hears && !begun) {
      heard = true;
      start();
    } else if (!hears && heard) {
      end(new Status(408, "No Interest"), "no interest");
    }
    heard |= hears;
  }

  private void start() {
    if (!begun && !over) {
      begun = true;
      stopTimer();
      lastSentNanos = stream.shard.clock.nanos();
      goOn();
    }
  }

  /** A chunk was acknowledged. */
  void onAck() {
    underWay = Math.max(0, underWay - 1);
    stopTimer();
    goOn();
  }

  private void release() {
    held = false;
    goOn();
  }

  private void goOn() {
    if (over || held || !begun) {
      return;
    }
    try {
      for (int budget = SLICE_BYTES; underWay < window; budget -= entryBytes()) {
        if (budget <= 0) {
          held = true;
          stream.shard.loop.nextTurn(this::release);
          return;
        }
        if (contents.ready() >= chunkBytes) {
          if (!sendChunk()) {
            return;
          }
          continue;
        }
        switch (contents.step()) {
          case LOADING -> {
            held = true;
            contents.load(this::release);
            return;
          }
          case ENDED -> {
            finish();
            return;
          }
          case WRITTEN -> {}
        }
      }
    } catch (ArchiveException failure) {
      end(new Status(500, failure.text()), failure.text());
      return;
    }
    armAckTimer();
  }

  private int entryBytes() {
    return ENTRY_BYTES + contents.lastBytes();
  }

  /** Sends a chunk of full size; false when it is to be waited for the receiver. */
  private boolean sendChunk() {
    byte[] chunk = contents.take(chunkBytes);
    sent++;
    underWay++;
    lastSentNanos = stream.shard.clock.nanos();
    byte[] reply = Subject.bytes(ackPrefix + chunkBytes + "." + sent);
    held = send(reply, OutputBuffer.NO_BYTES, chunk) == MessageBus.Delivery.CONGESTED;
    return !held;
  }

  private MessageBus.Delivery send(byte[] reply, byte[] headers, byte[] payload) {
    MessageFrame frame = new MessageFrame().set(deliverSubject, reply, headers, payload);
    return stream.bus().send(deliverSubject, frame, this::release);
  }

  private void finish() {
    byte[] last = contents.take(contents.ready());
    if (last.length > 0) {
      stream.send(deliverSubject, OutputBuffer.NO_BYTES, last);
    }
    // one that never filled a chunk ends without a status
    end(sent == 0 ? null : new Status(204, ""), "");
  }

  private void armAckTimer() {
    if (timer == null) {
      long waited = stream.shard.clock.nanos() - lastSentNanos;
      timer = stream.shard.loop.schedule(ACK_WAIT_NANOS - waited, this::ackIsLate);
    }
  }

  private void ackIsLate() {
    timer = null;
    if (underWay >= window) {
      end(new Status(408, "No Flow Response"), "no flow response");
    }
  }

  private void stopTimer() {
    EventLoop.Timer armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }

  private void end(@Nullable Status status, String cutShort) {
    if (over) {
      return;
    }
    over = true;
    stopTimer();
    MessageBus.Registration watching = watch;
    if (watching != null) {
      watching.cancel();
    }
    stream.send(deliverSubject, status == null ? OutputBuffer.NO_BYTES : status.headerBlock());
    whenOver.accept(cutShort);
  }
}
