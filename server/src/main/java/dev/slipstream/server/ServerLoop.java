// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.ProtocolWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One event loop together with what lives on it: its connections, what they have to flush at the
 * end of the turn, and what is gathered for other loops until then.
 *
 * <p>Owner: the thread of the loop, for everything.
 */
final class ServerLoop {
  private static final int WRITER_BYTES = 16 << 10;
  private static final int LARGEST_KEPT_WRITER_BYTES = 256 << 10;
  private static final int MOST_SPARE_WRITERS = 64;

  private final int index;
  private final EventLoop loop;
  private final RandomGenerator random;
  private final Map<Long, ClientConnection> connections = new HashMap<>();
  private final ClosedConnections closedConnections = new ClosedConnections();

  private final ArrayDeque<ProtocolWriter> spareWriters = new ArrayDeque<>();
  private List<ServerLoop> all = List.of(this);
  private List<LoopMail> mails = List.of();
  private SubscriptionChanges changes = new SubscriptionChanges(this);

  private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();
  private final Runnable takeArrived = this::takeArrived;

  private final Runnable endOfTurn = this::endTurn;
  private final List<LoopMail> mailsToSend = new ArrayList<>();
  private List<ConnectionOutput> outputsToFlush = new ArrayList<>();
  private List<ConnectionOutput> outputsBeingFlushed = new ArrayList<>();
  private boolean turnEndAsked;
  private long messages;
  private @Nullable ClientConnection congested;

  /** Whose publish the listeners of this loop hear; null when it is the server's own. */
  @Nullable ClientConnection publisher;

  private ServerLoop(int index, EventLoop loop, RandomGenerator random) {
    this.index = index;
    this.loop = loop;
    this.random = random;
  }

  /** The loops of a server, each with a source of randomness of its own. */
  static List<ServerLoop> of(List<? extends EventLoop> eventLoops, List<RandomGenerator> randoms) {
    List<ServerLoop> loops = new ArrayList<>();
    for (int i = 0; i < eventLoops.size(); i++) {
      loops.add(new ServerLoop(i, eventLoops.get(i), randoms.get(i)));
    }
    List<ServerLoop> all = List.copyOf(loops);
    for (ServerLoop origin : all) {
      origin.all = all;
      origin.mails = all.stream().map(target -> new LoopMail(origin, target)).toList();
    }
    return all;
  }

  int index() {
    return index;
  }

  EventLoop loop() {
    return loop;
  }

  RandomGenerator random() {
    return random;
  }

  /** The connections of this loop by their client id. */
  Map<Long, ClientConnection> connections() {
    return connections;
  }

  /** The connections of this loop that have ended. */
  ClosedConnections closedConnections() {
    return closedConnections;
  }

  /** Whether there is no other loop, so that what is in place here is in place everywhere. */
  boolean isAlone() {
    return all.size() == 1;
  }

  /** A number for the message that is routed next. */
  long nextMessage() {
    return ++messages;
  }

  /** What goes from this loop to another. */
  LoopMail mailTo(int loopIndex) {
    return mails.get(loopIndex);
  }

  /** Has a mail sent at the end of the turn. */
  void mailWaits(LoopMail mail) {
    if (!mailsToSend.contains(mail)) {
      mailsToSend.add(mail);
      askTurnEnd();
    }
  }

  /** Runs a command on this loop; drops it when the loop has ended, as the server is closing. */
  void post(Runnable command) {
    try {
      loop.execute(command);
    } catch (IllegalStateException ended) {
      // nobody is left whom it would concern
    }
  }

  /** Takes mail from another loop; called on that one. */
  void receive(Runnable delivery) {
    arrived.add(delivery);
    post(takeArrived);
  }

  /**
   * Delivers what other loops have sent so far. A PING is answered after this, so that a client
   * that syncs after a publisher has synced finds the publisher's messages before its PONG.
   */
  void takeArrived() {
    for (Runnable delivery = arrived.poll(); delivery != null; delivery = arrived.poll()) {
      delivery.run();
    }
  }

  /** Has a change of subscriptions sent to all other loops at the end of the turn. */
  void changed(Router router, Subscriber subscriber, boolean isAdded, Runnable inPlace) {
    changes.add(router, subscriber, isAdded, inPlace);
    askTurnEnd();
  }

  /** Has an output flushed at the end of the turn. */
  void flushAtTurnEnd(ConnectionOutput output) {
    outputsToFlush.add(output);
    askTurnEnd();
  }

  /** Remembers that a receiver of what is routed now has more waiting than it should. */
  void noteCongested(ClientConnection connection) {
    if (congested == null) {
      congested = connection;
    }
  }

  /** Forgets, and answers, what {@link #noteCongested} was told. */
  @Nullable ClientConnection takeCongested() {
    ClientConnection noted = congested;
    congested = null;
    return noted;
  }

  /** A writer over an empty buffer. */
  ProtocolWriter borrowWriter() {
    ProtocolWriter writer = spareWriters.poll();
    return writer == null ? new ProtocolWriter(new OutputBuffer(WRITER_BYTES)) : writer;
  }

  /** Takes a writer back. */
  void giveBack(ProtocolWriter writer) {
    if (spareWriters.size() < MOST_SPARE_WRITERS
        && writer.buffer().array().length <= LARGEST_KEPT_WRITER_BYTES) {
      writer.buffer().clear();
      spareWriters.push(writer);
    }
  }

  private void askTurnEnd() {
    if (!turnEndAsked) {
      turnEndAsked = true;
      loop.atTurnEnd(endOfTurn);
    }
  }

  private void endTurn() {
    turnEndAsked = false;
    // changes before messages: who is told of a subject over there must be able to answer
    if (!changes.isEmpty()) {
      SubscriptionChanges sent = changes;
      changes = new SubscriptionChanges(this);
      sent.send(all);
    }
    for (int i = 0; i < mailsToSend.size(); i++) {
      mailsToSend.get(i).send();
    }
    mailsToSend.clear();
    List<ConnectionOutput> flushed = outputsToFlush;
    outputsToFlush = outputsBeingFlushed;
    outputsBeingFlushed = flushed;
    for (int i = 0; i < flushed.size(); i++) {
      flushed.get(i).flush();
    }
    flushed.clear();
  }
}
