// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Transport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client inside this process: both ends of a pair of queues.
 *
 * <p>As a {@link Link} it belongs to a loop. As a {@link Transport} it is the client's; the
 * client's receiver is called on threads of {@code readers}, one call at a time, so that a receiver
 * that blocks holds up only itself. What waits toward the client is bounded by the connection's
 * max_pending; what waits toward the server shows in {@link #pendingBytes()}, and the client waits
 * by it.
 */
final class InProcessLink implements Link {
  private final EventLoop loop;
  private final Executor readers;
  private final Client client = new Client();

  // owned by the loop
  private final ArrayDeque<byte[]> inbound = new ArrayDeque<>();
  private @Nullable ClientConnection connection;
  private boolean paused;
  private boolean ended;

  /** The client has closed, and its connection has not heard of it yet. */
  private boolean hungUp;

  // between the two sides
  private final AtomicLong bytesToServer = new AtomicLong();
  private final AtomicLong bytesToClient = new AtomicLong();
  private final Queue<Delivery> toClient = new ConcurrentLinkedQueue<>();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicBoolean closedByClient = new AtomicBoolean();
  private volatile boolean closed;
  private volatile Transport.@Nullable Receiver receiver;

  /** Something for the client's side, in order with all else. */
  private interface Delivery {
    void to(Transport.Receiver receiver);
  }

  InProcessLink(EventLoop loop, Executor readers) {
    this.loop = loop;
    this.readers = readers;
  }

  /** The client's end. */
  Transport client() {
    return client;
  }

  /** Hands input to {@code receiving} from now on. */
  void attach(ClientConnection receiving) {
    connection = receiving;
  }

  // --- the server's end ---

  @Override
  public void write(OutputBuffer bytes) {
    byte[] copy = bytes.toBytes();
    bytesToClient.addAndGet(copy.length);
    deliver(
        to -> {
          bytesToClient.addAndGet(-copy.length);
          to.onBytes(copy, 0, copy.length);
        });
  }

  @Override
  public long pendingBytes() {
    return bytesToClient.get();
  }

  @Override
  public void afterWritten(Runnable task) {
    deliver(to -> onLoop(task));
  }

  @Override
  public void pauseReading() {
    paused = true;
  }

  @Override
  public void resumeReading() {
    paused = false;
    onLoop(this::readOn);
  }

  @Override
  public void closeAfterWrites() {
    if (!closed) {
      closed = true;
      deliver(to -> to.onClosed(null));
    }
    endInbound();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      toClient.clear();
      bytesToClient.set(0);
      deliver(to -> to.onClosed(closedByClient.get() ? null : new IOException("closed by server")));
    }
    endInbound();
  }

  private void endInbound() {
    ended = true;
    inbound.clear();
    bytesToServer.set(0);
  }

  @Override
  public String remoteHost() {
    return "";
  }

  @Override
  public int remotePort() {
    return 0;
  }

  @Override
  public boolean inProcess() {
    return true;
  }

  /** Answers whether the loop still takes commands. */
  private boolean onLoop(Runnable command) {
    try {
      loop.execute(command);
      return true;
    } catch (IllegalStateException ended) {
      return false;
    }
  }

  private void arrived(byte[] bytes) {
    if (!ended) {
      inbound.add(bytes);
      readOn();
    }
  }

  private void readOn() {
    ClientConnection reading = connection;
    while (reading != null && !paused && !ended && !inbound.isEmpty()) {
      byte[] bytes = inbound.remove();
      bytesToServer.addAndGet(-bytes.length);
      reading.onBytes(bytes, 0, bytes.length);
    }
    if (reading != null && hungUp && !ended && inbound.isEmpty()) {
      hungUp = false;
      reading.onLinkClosed(null);
    }
  }

  private void clientClosed() {
    hungUp = true;
    readOn();
  }

  // --- the client's end ---

  private void deliver(Delivery delivery) {
    toClient.add(delivery);
    scheduleDeliveries();
  }

  private void scheduleDeliveries() {
    if (receiver != null && deliveries.getAndIncrement() == 0) {
      try {
        readers.execute(this::runDeliveries);
      } catch (RejectedExecutionException stopped) {
        closed = true;
      }
    }
  }

  private void runDeliveries() {
    Transport.Receiver to = receiver;
    int seen = deliveries.get();
    while (to != null) {
      for (Delivery next = toClient.poll(); next != null; next = toClient.poll()) {
        next.to(to);
      }
      seen = deliveries.addAndGet(-seen);
      if (seen == 0) {
        return;
      }
    }
  }

  private final class Client implements Transport {
    @Override
    public void start(Receiver starting) {
      receiver = starting;
      scheduleDeliveries();
    }

    @Override
    public boolean send(byte[] bytes, int from, int to) {
      if (closed || closedByClient.get()) {
        return false;
      }
      byte[] sent = from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
      bytesToServer.addAndGet(sent.length);
      return onLoop(() -> arrived(sent));
    }

    @Override
    public long pendingBytes() {
      return bytesToServer.get();
    }

    @Override
    public void close() {
      if (closedByClient.compareAndSet(false, true) && !closed) {
        onLoop(InProcessLink.this::clientClosed);
      }
    }
  }
}
