// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a server's only loop for a PONG every millisecond and notes how long each took, while a
 * second thread notes when the whole process stood still (a collection, a processor taken away).
 *
 * <p>The server is to run in this process with one loop. What a ping took is counted without the
 * time in which the process stood still; one that took longer than a millisecond counts once more
 * for each that was not sent meanwhile. Owner: whoever begins and ends it.
 */
final class LoopProbe implements AutoCloseable {
  private static final long PERIOD_NANOS = 1_000_000;
  private static final long STALL_NANOS = 300_000;

  /** What a stretch of time was like, in milliseconds. */
  record Held(int count, double p99, double most, double mostWithStalls) {}

  /** From when to when a ping was under way. */
  private record Ping(long fromNanos, long toNanos) {}

  /** From when to when the process stood still. */
  private record Stall(long fromNanos, long toNanos) {}

  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;
  private final Thread pings;
  private final Thread stalls;
  private volatile boolean ended;

  // each is filled by one thread, read and emptied by the owner
  private final Queue<Ping> pinged = new ConcurrentLinkedQueue<>();
  private final Queue<Stall> stalled = new ConcurrentLinkedQueue<>();

  private LoopProbe(Socket socket) throws IOException {
    this.socket = socket;
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    out = socket.getOutputStream();
    pings = new Thread(this::ping, "probe-ping");
    stalls = new Thread(this::watch, "probe-stalls");
    stalls.setPriority(Thread.MAX_PRIORITY);
  }

  static LoopProbe start(String url) throws IOException {
    URI uri = URI.create(url);
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    socket.setTcpNoDelay(true);
    LoopProbe probe = new LoopProbe(socket);
    probe.in.readLine(); // INFO
    probe.out.write("CONNECT {\"verbose\":false}\r\n".getBytes(StandardCharsets.US_ASCII));
    probe.pings.start();
    probe.stalls.start();
    return probe;
  }

  private void ping() {
    byte[] ping = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    try {
      for (long next = System.nanoTime(); !ended; next = later(next)) {
        sleepUntil(next);
        long began = System.nanoTime();
        out.write(ping);
        String answer = in.readLine();
        while (answer != null && !answer.startsWith("PONG")) {
          answer = in.readLine();
        }
        if (answer == null) {
          return;
        }
        long answered = System.nanoTime();
        pinged.add(new Ping(began, answered));
      }
    } catch (IOException failed) {
      if (!ended) {
        throw new UncheckedIOException(failed);
      }
    }
  }

  private static long later(long turn) {
    return Math.max(turn + PERIOD_NANOS, System.nanoTime());
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void watch() {
    while (!ended) {
      long began = System.nanoTime();
      LockSupport.parkNanos(PERIOD_NANOS / 4);
      long now = System.nanoTime();
      if (now - began > PERIOD_NANOS / 4 + STALL_NANOS) {
        stalled.add(new Stall(began + PERIOD_NANOS / 4, now));
      }
    }
  }

  /** What pings took from {@code fromNanos} to {@code toNanos}. */
  Held held(long fromNanos, long toNanos) {
    List<Long> taken = new ArrayList<>();
    long withStalls = 0;
    for (Ping ping : pinged) {
      if (ping.toNanos >= fromNanos && ping.fromNanos <= toNanos) {
        long took = ping.toNanos - ping.fromNanos;
        withStalls = Math.max(withStalls, took);
        for (long each = took - stalledIn(ping); each > 0; each -= PERIOD_NANOS) {
          taken.add(each);
        }
      }
    }
    long[] sorted = taken.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0
        ? new Held(0, 0, 0, 0)
        : new Held(
            sorted.length,
            sorted[(int) (sorted.length * 0.99)] / 1e6,
            sorted[sorted.length - 1] / 1e6,
            withStalls / 1e6);
  }

  private long stalledIn(Ping ping) {
    return stalled.stream()
        .mapToLong(
            stall ->
                Math.min(stall.toNanos, ping.toNanos) - Math.max(stall.fromNanos, ping.fromNanos))
        .filter(overlap -> overlap > 0)
        .sum();
  }

  /** Forgets what was. */
  void clear() {
    pinged.clear();
    stalled.clear();
  }

  @Override
  public void close() throws IOException {
    ended = true;
    socket.close();
  }
}
