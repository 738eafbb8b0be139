// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.ProtocolWriter;
import dev.slipstream.protocol.wire.Transport;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What leaves: frames are gathered to batches that are written once a turn, and are held while
 * there is no connection or while the transport has more than it can pass on.
 *
 * <p>Bound: the bytes of all frames that wait anywhere before the transport. {@link #reserve} is
 * for any thread; the rest belongs to the loop.
 */
final class Outbound {
  private static final int BATCH_BYTES = 64 * 1024;

  /** A batch below this is copied out, so that small turns do not cost a large array each. */
  private static final int SMALL_BATCH_BYTES = 8 * 1024;

  /** With this much in the transport, frames are held. */
  private static final long CONGESTED_BYTES = 1024 * 1024;

  private static final long CONGESTED_CHECK_NANOS = 1_000_000;
  private static final long RESERVE_CHECK_MILLIS = 20;

  private final ClientLoop loop;
  private final int limitBytes;
  private final BufferFull whenFull;
  private final Semaphore budget;
  private final OutputBuffer batch = new OutputBuffer(BATCH_BYTES + 1024);
  private final ProtocolWriter writer = new ProtocolWriter(batch);
  private final ArrayDeque<Frame> held = new ArrayDeque<>();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable Session session;
  private int toRelease;
  private final OnceATurn flushing;
  private boolean droppingTold;
  private boolean closed;

  Outbound(ClientLoop loop, int limitBytes, BufferFull whenFull) {
    this.loop = loop;
    this.limitBytes = limitBytes;
    this.whenFull = whenFull;
    this.budget = new Semaphore(limitBytes);
    flushing = new OnceATurn(loop, this::flush);
  }

  /**
   * Takes the bytes of a frame from the budget: waits while a connection stands.
   *
   * @throws QueueFullException when there is no room and no connection, and the policy is to fail
   */
  void reserve(Frame frame, Connection connection) {
    int cost = Math.min(frame.cost(), limitBytes);
    try {
      while (!budget.tryAcquire(cost)) {
        ClientState state = connection.state();
        if (state == ClientState.CLOSED) {
          throw new ConnectionClosedException();
        }
        if (state != ClientState.CONNECTED && state != ClientState.DRAINING) {
          onFullWithoutConnection(cost, connection);
        }
        if (budget.tryAcquire(cost, RESERVE_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      throw Await.interrupted("publishing");
    }
    frame.charge(cost);
  }

  private void onFullWithoutConnection(int cost, Connection connection) {
    switch (whenFull) {
      case FAIL -> throw new QueueFullException(limitBytes);
      case WAIT -> {}
      case DROP_OLDEST -> loop.offer(() -> dropOldest(cost, connection));
    }
  }

  private void dropOldest(int bytesWanted, Connection connection) {
    int freed = 0;
    while (session == null && freed < bytesWanted && !held.isEmpty()) {
      Frame oldest = held.remove();
      freed += oldest.cost();
      dropped.incrementAndGet();
      drop(oldest, new QueueFullException(limitBytes));
    }
    release();
    if (freed > 0 && !droppingTold) {
      droppingTold = true;
      connection.emit(new ClientEvent.MessagesDropped(limitBytes));
    }
  }

  /** Gives back what {@link #reserve} took, for a frame that could not be handed over. */
  void unreserve(Frame frame) {
    budget.release(frame.uncharge());
  }

  /** Bytes that wait. */
  long queuedBytes() {
    return (long) limitBytes - budget.availablePermits();
  }

  long messagesOut() {
    return messages.get();
  }

  long bytesOut() {
    return bytes.get();
  }

  /** Messages that were dropped for newer ones. */
  long dropped() {
    return dropped.get();
  }

  /** A connection stands: first what {@code greeting} writes goes out, then what was held. */
  void openFor(Session newSession, Runnable greeting) {
    session = newSession;
    droppingTold = false;
    batch.clear();
    greeting.run();
    flushing.plan();
  }

  /** The connection is gone; what the batch holds is lost with it. */
  void suspend() {
    session = null;
    batch.clear();
    release();
  }

  /** No connection will come any more. */
  void close() {
    suspend();
    closed = true;
    for (Frame frame = held.poll(); frame != null; frame = held.poll()) {
      drop(frame, new ConnectionClosedException());
    }
    release();
  }

  /** Sends a frame, or holds it. */
  void write(Frame frame) {
    if (closed) {
      drop(frame, new ConnectionClosedException());
      release();
    } else if (session == null || !held.isEmpty() || isCongested()) {
      held.add(frame);
      flushing.plan();
    } else {
      append(frame, session);
    }
  }

  /** For operations that do not wait behind messages; null without a connection. */
  @Nullable ProtocolWriter control() {
    if (session == null) {
      return null;
    }
    flushing.plan();
    return writer;
  }

  /** Hands the batch to the transport; the loop calls it once a turn. */
  private void flush() {
    sendHeld();
    sendBatch();
    if (session != null && !held.isEmpty()) {
      loop.schedule(CONGESTED_CHECK_NANOS, flushing::plan);
    }
  }

  private void sendHeld() {
    while (session != null && !held.isEmpty() && !isCongested()) {
      append(held.remove(), session);
    }
  }

  private void append(Frame frame, Session to) {
    int length = frame.bytes.length;
    if (batch.length() + length > BATCH_BYTES) {
      sendBatch();
    }
    if (length > BATCH_BYTES) {
      to.transport().send(frame.bytes, 0, length);
    } else {
      batch.put(frame.bytes);
    }
    messages.lazySet(messages.getPlain() + 1);
    bytes.lazySet(bytes.getPlain() + length);
    toRelease += frame.uncharge();
    frame.onWritten(to);
    flushing.plan();
  }

  private void sendBatch() {
    release();
    int length = batch.length();
    if (session == null || length == 0) {
      return;
    }
    Transport transport = session.transport();
    if (length < SMALL_BATCH_BYTES) {
      byte[] copy = batch.toBytes();
      batch.clear();
      transport.send(copy, 0, length);
    } else {
      byte[] full = batch.detach(BATCH_BYTES + 1024);
      transport.send(full, 0, length);
    }
  }

  private boolean isCongested() {
    return session != null && session.transport().pendingBytes() > CONGESTED_BYTES;
  }

  private void drop(Frame frame, NatsException why) {
    toRelease += frame.uncharge();
    frame.onDropped(why);
  }

  private void release() {
    if (toRelease > 0) {
      int amount = toRelease;
      toRelease = 0;
      budget.release(amount);
    }
  }
}
