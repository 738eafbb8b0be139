// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.ProtocolWriter;
import dev.slipstream.server.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has to say: gathered during a turn, written at its end or when it has become
 * much, and watched, so that a client that does not read is noticed.
 *
 * <p>While the link has not taken what it was given, small output waits here for more instead of
 * becoming many small writes. Bounds: max_pending bytes in all, and the write deadline for each
 * part; beyond either the client is a slow consumer and is closed. Belongs to the connection's
 * loop; {@link #linkPending} may be read on any.
 */
final class ConnectionOutput {
  /** From here on senders that can wait are asked to. */
  static final long CONGESTED_BYTES = 1 << 20;

  private static final int FLUSH_BYTES = 64 << 10;

  private final ServerLoop loop;
  private final Link link;
  private final ServerConfig config;
  private final ClientConnection connection;
  private final Runnable whenTaken = this::taken;

  private @Nullable ProtocolWriter writer;
  private boolean waitsToBeTaken;
  private boolean deadlineArmed;
  private long waitingSinceNanos;
  private boolean closed;
  private final List<Runnable> drainedCalls = new ArrayList<>(0);
  private volatile long linkPending;

  ConnectionOutput(ServerLoop loop, Link link, ServerConfig config, ClientConnection connection) {
    this.loop = loop;
    this.link = link;
    this.config = config;
    this.connection = connection;
  }

  /** The writer of this turn; call {@link #written} after each operation. */
  ProtocolWriter writer() {
    ProtocolWriter current = writer;
    if (current == null) {
      current = loop.borrowWriter();
      writer = current;
      loop.flushAtTurnEnd(this);
    }
    return current;
  }

  /** Has much output written without waiting for the end of the turn. */
  void written() {
    ProtocolWriter current = writer;
    if (current != null && current.buffer().length() >= FLUSH_BYTES) {
      flush();
    }
  }

  /** Bytes the link had not taken when last looked at. */
  long linkPending() {
    return linkPending;
  }

  /** Bytes that were written by the server and have not left it. */
  long pendingBytes() {
    ProtocolWriter current = writer;
    return link.pendingBytes() + (current == null ? 0 : current.buffer().length());
  }

  /** Whether so much waits that publishers to this client are to be slowed down. */
  boolean isBehind() {
    return exceeds(config.maxPendingBytes() / 4 * 3);
  }

  /** Whether so much waits that senders that can wait should. */
  boolean isCongested() {
    return exceeds(CONGESTED_BYTES);
  }

  /** The figure kept from the last flush is never too low, so that most calls end with it. */
  private boolean exceeds(long bytes) {
    ProtocolWriter current = writer;
    long gathered = current == null ? 0 : current.buffer().length();
    return linkPending + gathered > bytes && pendingBytes() > bytes;
  }

  /** Runs {@code task} once, when less than half of what makes congestion waits, or at the end. */
  void whenDrained(Runnable task) {
    if (closed || pendingBytes() < CONGESTED_BYTES / 2) {
      loop.post(task);
    } else {
      drainedCalls.add(task);
      loop.flushAtTurnEnd(this);
    }
  }

  /** Gives to the link what was gathered. */
  void flush() {
    ProtocolWriter current = writer;
    if (current == null || closed) {
      return;
    }
    OutputBuffer gathered = current.buffer();
    if (!waitsToBeTaken || gathered.length() >= FLUSH_BYTES) {
      writer = null;
      link.write(gathered);
      loop.giveBack(current);
    }
    look();
  }

  /** Looks at what the link has left. */
  private void look() {
    long pending = link.pendingBytes();
    linkPending = pending;
    if (closed) {
      return;
    }
    if (pending > config.maxPendingBytes()) {
      connection.slowConsumer(
          CloseReason.SLOW_CONSUMER_PENDING_BYTES,
          "MaxPending of " + config.maxPendingBytes() + " Exceeded");
      return;
    }
    if (pending > 0 && !waitsToBeTaken) {
      waitsToBeTaken = true;
      waitingSinceNanos = loop.loop().clock().nanos();
      link.afterWritten(whenTaken);
      armDeadline(config.writeDeadlineNanos());
    }
    if (!drainedCalls.isEmpty() && pendingBytes() < CONGESTED_BYTES / 2) {
      callDrained();
    }
  }

  private void taken() {
    waitsToBeTaken = false;
    flush();
    look();
  }

  private void armDeadline(long delayNanos) {
    if (!deadlineArmed) {
      deadlineArmed = true;
      loop.loop().schedule(delayNanos, this::checkDeadline);
    }
  }

  private void checkDeadline() {
    deadlineArmed = false;
    if (closed || !waitsToBeTaken) {
      return;
    }
    long waited = loop.loop().clock().nanos() - waitingSinceNanos;
    if (waited >= config.writeDeadlineNanos()) {
      connection.slowConsumer(
          CloseReason.SLOW_CONSUMER_WRITE_DEADLINE,
          "WriteDeadline of "
              + config.writeDeadlineNanos() / 1_000_000
              + "ms exceeded with "
              + pendingBytes()
              + " total bytes.");
    } else {
      armDeadline(config.writeDeadlineNanos() - waited);
    }
  }

  private void callDrained() {
    List<Runnable> called = List.copyOf(drainedCalls);
    drainedCalls.clear();
    called.forEach(loop::post);
  }

  /**
   * Ends the output.
   *
   * @param flushes whether what was gathered still goes to the link
   */
  void close(boolean flushes) {
    if (closed) {
      return;
    }
    closed = true;
    ProtocolWriter current = writer;
    if (current != null) {
      if (flushes) {
        link.write(current.buffer());
      }
      writer = null;
      loop.giveBack(current);
    }
    linkPending = 0;
    callDrained();
  }
}
