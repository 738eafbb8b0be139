// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.server.SimulatedNode;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The network between clients and a {@link SimulatedNode}: it takes its time, cuts lines, and falls
 * silent without a word.
 *
 * <p>Owner: the thread of the test.
 */
final class FaultyWire {
  private final Simulation simulation;
  private final EventLoop loop;
  private final SplittableRandom random;
  private final SimulatedNode node;
  private final long mostDelayNanos;
  private final Tap tap;
  private final Trace trace;
  private final List<FaultyLine> lines = new ArrayList<>();
  private boolean refuses;
  private long lastHurtNanos;

  /** Sees what passes, in order, at the side of the server. */
  interface Tap {
    /**
     * The server has been handed the last of these characters of a line.
     *
     * @return how many of them need not be shown again, together with what follows
     */
    int toServer(CharSequence text);

    /** The server has sent these bytes. */
    void fromServer(byte[] bytes);

    /** A client has asked for a sign of life, so long after it did so first on this line. */
    void signOfLife(long sinceFirstNanos);
  }

  /** What can happen to a line. */
  enum Fault {
    /** Both sides hear of its end; what was under way is lost. */
    CUT,
    /** Nothing arrives any more, in neither direction, and nobody is told. */
    SILENCE,
    /** What the client sends does not arrive. */
    DEAF_SERVER,
    /** What the server sends does not arrive. */
    DEAF_CLIENT,
    /** Nothing arrives for a while; then all does. */
    STALL
  }

  FaultyWire(
      Simulation simulation,
      SplittableRandom random,
      SimulatedNode node,
      long mostDelayNanos,
      Tap tap,
      Trace trace) {
    this.simulation = simulation;
    this.random = random;
    this.node = node;
    this.mostDelayNanos = mostDelayNanos;
    this.tap = tap;
    this.trace = trace;
    loop = simulation.loop("wire");
  }

  /** Makes a line; what its client sends before anything else has gone wrong arrives. */
  Transport connect() {
    if (refuses) {
      throw new IllegalStateException("no route to the server");
    }
    lines.removeIf(FaultyLine::isOver);
    FaultyLine line = new FaultyLine(this, node.connect(loop));
    lines.add(line);
    return line;
  }

  /** Whether new lines are refused from now on. */
  void refuse(boolean on) {
    trace.note(on ? "no route to the server" : "the server can be reached");
    refuses = on;
  }

  /** Has something happen to each line with a probability of one in {@code oneIn}. */
  void disturb(Fault fault, int oneIn) {
    for (FaultyLine line : List.copyOf(lines)) {
      if (random.nextInt(oneIn) == 0) {
        trace.note("a line suffers", fault);
        line.suffer(fault);
      }
    }
  }

  /** The server was killed: clients hear of it, or do not. */
  void serverDied(boolean silently) {
    List<FaultyLine> dying = List.copyOf(lines);
    dying.forEach(line -> line.serverDied(silently));
  }

  /** When a line that a client still took for good had last fallen silent or stood still. */
  long lastHurtNanos() {
    return Math.max(lastHurtNanos, lines.stream().mapToLong(FaultyLine::hurtNanos).max().orElse(0));
  }

  void wasHurt(long nanos) {
    lastHurtNanos = Math.max(lastHurtNanos, nanos);
  }

  Tap tap() {
    return tap;
  }

  EventLoop loop() {
    return loop;
  }

  long now() {
    return simulation.clock().nanos();
  }

  long mostDelayNanos() {
    return mostDelayNanos;
  }

  long delay() {
    return mostDelayNanos == 0 ? 0 : random.nextLong(mostDelayNanos);
  }

  /** How long a stalled line stands still. */
  long stall() {
    return random.nextLong(20_000_000_000L);
  }

  /** Where a chunk is torn into two; its length for not at all. */
  int tear(int length) {
    return length > 1 && random.nextInt(16) == 0 ? 1 + random.nextInt(length - 1) : length;
  }
}
