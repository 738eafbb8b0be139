// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Invariant;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.server.MatchResult.QueueGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the messages of one account to those who subscribed to them.
 *
 * <p>Every loop has its own table of all subscriptions, so that routing a message touches nothing
 * that another thread writes. What is for a connection of another loop goes there by {@link
 * LoopMail}. All methods are called on a loop of the server and concern that loop's table.
 */
final class Router implements MessageBus {
  private final List<ServerLoop> loops;
  private final SubscriptionTable[] tables;

  Router(List<ServerLoop> loops) {
    this.loops = loops;
    this.tables = new SubscriptionTable[loops.size()];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = new SubscriptionTable(i);
    }
  }

  /**
   * Adds a subscriber to the tables of all loops.
   *
   * @return whether it is in place everywhere already; otherwise {@code inPlace} runs, on this
   *     loop, when it is
   */
  boolean add(ServerLoop at, Subscriber subscriber, Runnable inPlace) {
    table(at).add(subscriber);
    if (at.isAlone()) {
      return true;
    }
    at.changed(this, subscriber, true, inPlace);
    return false;
  }

  /** Removes a subscriber from the tables of all loops; see {@link #add}. */
  boolean remove(ServerLoop at, Subscriber subscriber, Runnable inPlace) {
    table(at).remove(subscriber);
    if (at.isAlone()) {
      return true;
    }
    at.changed(this, subscriber, false, inPlace);
    return false;
  }

  /** Does to this loop's table what another loop did to its own. */
  void apply(ServerLoop at, Subscriber subscriber, boolean isAdded) {
    if (isAdded) {
      table(at).add(subscriber);
    } else {
      table(at).remove(subscriber);
    }
  }

  /** How many subscribers there are, as this loop knows. */
  int subscribers(ServerLoop at) {
    return table(at).size();
  }

  /**
   * Routes what a connection of this loop publishes.
   *
   * @return whether anybody received it
   */
  boolean publish(ServerLoop at, ClientConnection from, MessageFrame frame) {
    SubscriptionTable table = table(at);
    MatchResult match = table.match(frame.line, frame.subjectStart, frame.subjectEnd);
    if (match == MatchResult.NONE) {
      return false;
    }
    boolean received = route(at, match, from, frame);
    table.release(match);
    return received;
  }

  /** A plain subscription of a connection of this loop that matches the reply of a message. */
  @Nullable Subscription plainOf(ServerLoop at, ClientConnection connection, MessageFrame frame) {
    SubscriptionTable table = table(at);
    MatchResult match = table.match(frame.line, frame.replyStart, frame.replyEnd);
    Subscription found = null;
    for (Subscription subscription : match.here()) {
      if (found == null && subscription.connection() == connection) {
        found = subscription;
      }
    }
    table.release(match);
    return found;
  }

  @Override
  public Delivery send(byte[] to, MessageFrame message, @Nullable Runnable whenDrained) {
    ServerLoop at = here();
    SubscriptionTable table = table(at);
    MatchResult match = table.match(to, 0, to.length);
    at.takeCongested();
    boolean received = route(at, match, null, message);
    table.release(match);
    ClientConnection congested = at.takeCongested();
    if (!received) {
      return Delivery.NO_INTEREST;
    }
    if (congested == null) {
      return Delivery.SENT;
    }
    if (whenDrained != null) {
      callWhenDrained(at, congested, whenDrained);
    }
    return Delivery.CONGESTED;
  }

  @Override
  public boolean hasInterest(byte[] subject, int from, int to) {
    return table(here()).hasInterest(subject, from, to);
  }

  @Override
  public boolean isSubscribed(byte[] subject, byte[] group) {
    return table(here()).isSubscribed(subject, group);
  }

  @Override
  public Registration watch(byte[] subject, Runnable changed) {
    SubscriptionTable table = table(here());
    table.watch(subject, changed);
    return () -> table.unwatch(subject, changed);
  }

  @Override
  public Registration listen(byte[] filter, Listener listener, Runnable inPlace) {
    return listen(here(), filter, (from, message) -> listener.onMessage(message), inPlace);
  }

  /** As {@link #listen(byte[], Listener, Runnable)} for listeners that ask who published. */
  Registration listen(
      ServerLoop at, byte[] filter, Subscriber.Listener listener, Runnable inPlace) {
    Subscriber.Listening listening = new Subscriber.Listening(filter.clone(), listener);
    if (add(at, listening, inPlace)) {
      inPlace.run();
    }
    return () -> remove(here(), listening, Router::nothing);
  }

  /** Delivers what another loop's publisher sent to a connection of this loop. */
  void arrived(ServerLoop at, Subscription to, @Nullable QueueGroup group, MessageFrame frame) {
    if (deliverHere(at, to, null, frame) || group == null) {
      return;
    }
    deliverToOneOf(at, group, to, null, frame, at.nextMessage());
  }

  private boolean route(
      ServerLoop at, MatchResult match, @Nullable ClientConnection from, MessageFrame frame) {
    boolean received = false;
    List<Subscription> plain = match.here();
    for (int i = 0; i < plain.size(); i++) {
      received |= deliverHere(at, plain.get(i), from, frame);
    }
    List<Subscription> elsewhere = match.elsewhere();
    List<QueueGroup> groups = match.groups();
    if (!elsewhere.isEmpty() || !groups.isEmpty()) {
      long message = at.nextMessage();
      for (int i = 0; i < elsewhere.size(); i++) {
        received |= deliverElsewhere(at, elsewhere.get(i), null, from, frame, message);
      }
      for (int i = 0; i < groups.size(); i++) {
        received |= deliverToOneOf(at, groups.get(i), null, from, frame, message);
      }
    }
    List<Subscriber.Listening> listeners = match.listeners();
    for (int i = 0; i < listeners.size(); i++) {
      received |= listeners.get(i).listener().onMessage(from, frame);
    }
    return received;
  }

  /** All members are alike, wherever they are: a worker must not starve for its loop. */
  private boolean deliverToOneOf(
      ServerLoop at,
      QueueGroup group,
      @Nullable Subscription except,
      @Nullable ClientConnection from,
      MessageFrame frame,
      long message) {
    List<Subscription> members = group.members();
    int count = members.size();
    int first = count == 1 ? 0 : at.random().nextInt(count);
    for (int i = 0; i < count; i++) {
      Subscription member = members.get((first + i) % count);
      if (member == except) {
        continue;
      }
      boolean taken =
          member.connection().loopIndex() == at.index()
              ? deliverHere(at, member, from, frame)
              : deliverElsewhere(at, member, group, from, frame, message);
      if (taken) {
        return true;
      }
    }
    return false;
  }

  private static boolean deliverHere(
      ServerLoop at, Subscription to, @Nullable ClientConnection from, MessageFrame frame) {
    ClientConnection receiver = to.connection();
    if (to.isClosed()
        || (receiver == from && !receiver.echoes())
        || to.isDenied(frame.line, frame.subjectStart, frame.subjectEnd)) {
      return false;
    }
    if (!receiver.deliver(to, frame)) {
      return false;
    }
    if (from == null) {
      if (receiver.output().isCongested()) {
        at.noteCongested(receiver);
      }
    } else if (receiver.output().isBehind()) {
      from.stall();
    }
    return true;
  }

  private boolean deliverElsewhere(
      ServerLoop at,
      Subscription to,
      @Nullable QueueGroup group,
      @Nullable ClientConnection from,
      MessageFrame frame,
      long message) {
    if (to.isDenied(frame.line, frame.subjectStart, frame.subjectEnd)) {
      return false;
    }
    ClientConnection receiver = to.connection();
    LoopMail mail = at.mailTo(receiver.loopIndex());
    mail.post(message, frame, this, to, group);
    if (from == null) {
      if (receiver.output().linkPending() + mail.bytesOnTheirWay()
          > ConnectionOutput.CONGESTED_BYTES) {
        at.noteCongested(receiver);
      }
    } else if (mail.isFull()) {
      from.waitForRoom(mail);
    }
    return true;
  }

  private void callWhenDrained(ServerLoop at, ClientConnection congested, Runnable whenDrained) {
    if (congested.loopIndex() == at.index()) {
      congested.output().whenDrained(whenDrained);
    } else {
      Runnable back = () -> at.post(whenDrained);
      at.mailTo(congested.loopIndex()).post(() -> congested.output().whenDrained(back));
    }
  }

  private static void nothing() {
    // nobody waits for the end of a listener
  }

  private ServerLoop here() {
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).loop().inLoop()) {
        return loops.get(i);
      }
    }
    Invariant.check(false, "the message bus was called off the server's loops");
    return loops.get(0);
  }

  private SubscriptionTable table(ServerLoop at) {
    return tables[at.index()];
  }
}
