// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.ProtocolException;
import dev.slipstream.protocol.wire.ProtocolParser;
import java.util.Arrays;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * The inbound side of a connection: feeds the parser, and holds input back while something that
 * came before is not done yet.
 *
 * <p>Held input is what was read when the hold began, one or two chunks; the link does not read on.
 * Belongs to the connection's loop.
 */
final class ConnectionInput {

  /** Why input waits. */
  enum Hold {
    /** A password is being checked on another thread. */
    AUTHENTICATION,
    /** A subscriber of what this connection publishes is behind. */
    STALL,
    /** The way to another loop is full. */
    MAIL
  }

  private final ClientConnection connection;
  private final Link link;
  private final ProtocolParser parser;
  private final EnumSet<Hold> holds = EnumSet.noneOf(Hold.class);

  private int changesAwaited;
  private boolean begun;
  private boolean betweenOperations = true;
  private boolean suspended;
  private boolean parsing;
  private boolean paused;
  private byte[] rest = OutputBuffer.NO_BYTES;
  private int restFrom;
  private @Nullable Runnable onEnd;

  ConnectionInput(ClientConnection connection, Link link, int maxControlLine) {
    this.connection = connection;
    this.link = link;
    this.parser = new ProtocolParser(connection, maxControlLine);
  }

  /** Takes bytes of the link. */
  void onBytes(byte[] bytes, int from, int to) {
    if (restFrom < rest.length) {
      byte[] joined = Arrays.copyOfRange(rest, restFrom, rest.length + to - from);
      System.arraycopy(bytes, from, joined, rest.length - restFrom, to - from);
      setRest(joined, 0);
      return;
    }
    int at = parse(bytes, from, to);
    if (at < to && !connection.isClosed()) {
      setRest(Arrays.copyOfRange(bytes, at, to), 0);
      if (!paused) {
        paused = true;
        link.pauseReading();
      }
    }
  }

  /** Parses nothing behind the present operation until the hold is lifted. */
  void hold(Hold reason) {
    holds.add(reason);
    suspend();
  }

  /** Lifts a hold, and goes on when it was the last. */
  void lift(Hold reason) {
    if (holds.remove(reason)) {
      proceed();
    }
  }

  /**
   * Parses only SUB and UNSUB until the change that was just made is in place on all loops, so that
   * whatever comes behind it finds it done.
   */
  void awaitChange() {
    changesAwaited++;
    suspend();
  }

  /** Notes that a change is in place. */
  void changeInPlace() {
    changesAwaited--;
    proceed();
  }

  /**
   * Nothing more will come: runs {@code ended} once all that has come is dealt with, which is now
   * unless some of it waits. A client that hangs up right behind a message has sent it.
   */
  void end(Runnable ended) {
    onEnd = ended;
    endIfRead();
  }

  private void endIfRead() {
    Runnable ended = onEnd;
    if (ended != null && restFrom == rest.length && !parsing) {
      onEnd = null;
      ended.run();
    }
  }

  /** Stops for good. */
  void close() {
    parser.suspend();
    suspended = true;
    onEnd = null;
    setRest(OutputBuffer.NO_BYTES, 0);
  }

  private void suspend() {
    suspended = true;
    parser.suspend();
  }

  private void proceed() {
    if (parsing || connection.isClosed()) {
      return; // the parsing call looks again by itself
    }
    if (restFrom < rest.length) {
      byte[] held = rest;
      int at = parse(held, restFrom, held.length);
      if (connection.isClosed()) {
        return;
      }
      setRest(at < held.length ? held : OutputBuffer.NO_BYTES, at < held.length ? at : 0);
    }
    if (restFrom == rest.length && paused && holds.isEmpty()) {
      paused = false;
      link.resumeReading();
    }
    endIfRead();
  }

  private void setRest(byte[] bytes, int from) {
    rest = bytes;
    restFrom = from;
  }

  private int parse(byte[] bytes, int from, int to) {
    int at = from;
    parsing = true;
    try {
      while (at < to && !connection.isClosed() && mayBegin(bytes[at])) {
        suspended = false;
        parser.resume();
        at = parser.parse(bytes, at, to);
        betweenOperations = suspended;
      }
    } catch (ProtocolException broken) {
      connection.protocolBroken(broken);
    } finally {
      parsing = false;
    }
    return at;
  }

  private boolean mayBegin(byte first) {
    if (!begun) {
      begun = true;
      if (!connection.login().accepts(first)) {
        return false;
      }
    }
    if (!holds.isEmpty()) {
      return false;
    }
    if (changesAwaited == 0 || !betweenOperations) {
      return true;
    }
    boolean changesMore = first == 'S' || first == 's' || first == 'U' || first == 'u';
    return changesMore && !connection.login().options().verbose();
  }
}
