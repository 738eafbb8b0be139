// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.protocol.wire.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection through a {@link FaultyWire}: the client's end of it.
 *
 * <p>Bytes arrive in order, each chunk after a delay of its own.
 */
final class FaultyLine implements Transport {
  /** No frame that anybody looks for is longer. */
  private static final int LONGEST_FRAME = 1024;

  private final FaultyWire wire;
  private final Transport server;
  private final Direction toServer = new Direction();
  private final Direction toClient = new Direction();
  private @Nullable Receiver client;
  private final StringBuilder unseen = new StringBuilder();
  private long pendingBytes;
  private boolean closedByClient;
  private boolean told;
  private long firstSignNanos;
  private long hurtUntilNanos;

  /** What is under way in one direction, in order. */
  private final class Direction {
    private final ArrayDeque<Parcel> parcels = new ArrayDeque<>();
    private long lastNanos;
    private long stalledUntilNanos;
    private boolean armed;
    private boolean dead;

    /** Has something arrive behind all that was sent before. */
    void send(Runnable arrival) {
      if (dead) {
        return;
      }
      lastNanos = Math.max(lastNanos, wire.now() + wire.delay());
      parcels.add(new Parcel(lastNanos, arrival));
      arm();
    }

    private void arm() {
      if (!armed && !parcels.isEmpty()) {
        armed = true;
        wire.loop().schedule(dueNanos() - wire.now(), this::deliver);
      }
    }

    private long dueNanos() {
      return Math.max(parcels.element().atNanos, stalledUntilNanos);
    }

    private void deliver() {
      armed = false;
      while (!parcels.isEmpty() && dueNanos() <= wire.now()) {
        parcels.remove().arrival.run();
      }
      arm();
    }

    /** Nothing arrives any more, nor does what is under way. */
    void die() {
      dead = true;
      parcels.clear();
    }
  }

  private record Parcel(long atNanos, Runnable arrival) {}

  FaultyLine(FaultyWire wire, Transport server) {
    this.wire = wire;
    this.server = server;
  }

  @Override
  public void start(Receiver receiver) {
    client = receiver;
    server.start(
        new Receiver() {
          @Override
          public void onBytes(byte[] bytes, int from, int to) {
            byte[] copy = Arrays.copyOfRange(bytes, from, to);
            wire.tap().fromServer(copy);
            int torn = wire.tear(copy.length);
            toClient.send(() -> receiver.onBytes(copy, 0, torn));
            if (torn < copy.length) {
              toClient.send(() -> receiver.onBytes(copy, torn, copy.length));
            }
          }

          @Override
          public void onClosed(@Nullable Throwable cause) {
            toClient.send(() -> tell(cause));
          }
        });
  }

  @Override
  public boolean send(byte[] bytes, int from, int to) {
    if (closedByClient || told) {
      return false;
    }
    byte[] copy = Arrays.copyOfRange(bytes, from, to);
    pendingBytes += copy.length;
    int torn = wire.tear(copy.length);
    toServer.send(() -> pass(copy, 0, torn));
    if (torn < copy.length) {
      toServer.send(() -> pass(copy, torn, copy.length));
    }
    if (asksForASignOfLife(new String(copy, StandardCharsets.ISO_8859_1))) {
      toServer.send(this::signOfLife);
    }
    return true;
  }

  /** Whether it is a ping, and not one that only waits for what was sent before it. */
  private static boolean asksForASignOfLife(String sent) {
    return sent.endsWith("PING\r\n") && !sent.contains("CONNECT") && !sent.contains("UNSUB");
  }

  private void signOfLife() {
    if (told || hurtNanos() + wire.mostDelayNanos() >= wire.now()) {
      return; // it says nothing about who sent it
    }
    if (firstSignNanos == 0) {
      firstSignNanos = wire.now();
    }
    wire.tap().signOfLife(wire.now() - firstSignNanos);
  }

  private void pass(byte[] bytes, int from, int to) {
    pendingBytes -= to - from;
    byte[] part = Arrays.copyOfRange(bytes, from, to);
    if (!server.send(part, 0, part.length)) {
      return; // it has closed its end
    }
    unseen.append(new String(part, StandardCharsets.ISO_8859_1));
    unseen.delete(0, wire.tap().toServer(unseen));
    unseen.delete(0, Math.max(0, unseen.length() - LONGEST_FRAME));
  }

  @Override
  public long pendingBytes() {
    return pendingBytes;
  }

  @Override
  public void close() {
    if (!closedByClient) {
      closedByClient = true;
      toServer.send(server::close);
      tell(null);
    }
  }

  /** Whether the client has heard of its end and nothing is under way to the server. */
  boolean isOver() {
    return told && toServer.parcels.isEmpty();
  }

  /** Until when bytes did not arrive as they should, without the client being told; now if so. */
  long hurtNanos() {
    return Math.min(hurtUntilNanos, wire.now());
  }

  /** Something happens to the line. */
  void suffer(FaultyWire.Fault fault) {
    if (fault != FaultyWire.Fault.CUT && fault != FaultyWire.Fault.STALL) {
      hurtUntilNanos = Long.MAX_VALUE;
    }
    switch (fault) {
      case CUT -> {
        server.close();
        end();
      }
      case SILENCE -> {
        toServer.die();
        toClient.die();
      }
      case DEAF_SERVER -> toServer.die();
      case DEAF_CLIENT -> toClient.die();
      case STALL -> {
        long until = wire.now() + wire.stall();
        toServer.stalledUntilNanos = until;
        toClient.stalledUntilNanos = until;
        hurtUntilNanos = Math.max(hurtUntilNanos, until);
      }
    }
  }

  /** The server is no more; it hears nothing of this line, and the client may not either. */
  void serverDied(boolean silently) {
    toServer.die();
    toClient.die();
    if (silently) {
      hurtUntilNanos = Long.MAX_VALUE;
    } else {
      end();
    }
  }

  private void end() {
    toServer.die();
    toClient.die();
    wire.loop().schedule(wire.delay(), () -> tell(new IOException("connection reset")));
  }

  private void tell(@Nullable Throwable cause) {
    if (!told) {
      told = true;
      hurtUntilNanos = hurtNanos();
      wire.wasHurt(hurtUntilNanos);
      Receiver receiver = Objects.requireNonNull(client);
      wire.loop().execute(() -> receiver.onClosed(cause));
    }
  }
}
