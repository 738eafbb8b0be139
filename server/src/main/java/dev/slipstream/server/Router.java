// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Invariant;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
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
  private Sharing sharing = Sharing.NONE;

  Router(List<ServerLoop> loops) {
    this.loops = loops;
    this.tables = new SubscriptionTable[loops.size()];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = new SubscriptionTable(i);
    }
  }

  /** Sets what the account shares; before any loop runs. */
  void share(Sharing shared) {
    sharing = shared;
  }

  /**
   * Adds a client's subscription, and its companions in the accounts that it imports from.
   *
   * @return how many of these changes are not in place everywhere; {@code inPlace} runs, on this
   *     loop, for each when it is
   */
  int subscribe(ServerLoop at, Subscription subscription, Runnable inPlace) {
    int missing = add(at, subscription, inPlace) ? 0 : 1;
    List<StreamImport> imports = sharing.streamImports();
    for (int i = 0; i < imports.size(); i++) {
      Subscription companion = subscription.companionBy(imports.get(i));
      if (companion != null) {
        missing += imports.get(i).exporter().router().add(at, companion, inPlace) ? 0 : 1;
      }
    }
    return missing;
  }

  /** Removes a client's subscription with its companions; see {@link #subscribe}. */
  int unsubscribe(ServerLoop at, Subscription subscription, Runnable inPlace) {
    int missing = remove(at, subscription, inPlace) ? 0 : 1;
    List<Subscription> companions = subscription.companions();
    for (int i = 0; i < companions.size(); i++) {
      Subscription companion = companions.get(i);
      StreamImport via = companion.via();
      if (via != null) {
        missing += via.exporter().router().remove(at, companion, inPlace) ? 0 : 1;
      }
    }
    return missing;
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
    boolean received = route(at, match, from, frame, Passage.PLAIN);
    table.release(match);
    return received;
  }

  /**
   * Routes what has come from another account.
   *
   * @param to the subject by which it is routed
   * @param from who published it over there
   * @return whether anybody received it
   */
  boolean carried(
      ServerLoop at,
      byte[] to,
      @Nullable ClientConnection from,
      MessageFrame message,
      Passage passage) {
    SubscriptionTable table = table(at);
    MatchResult match = table.match(to, 0, to.length);
    boolean received = route(at, match, from, message, passage);
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
    Passage passage = match.isShared() ? Passage.to(to, message) : Passage.PLAIN;
    boolean received = route(at, match, null, message, passage);
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
    return hasInterest(here(), subject, from, to);
  }

  /** As {@link #hasInterest(byte[], int, int)}, on a known loop. */
  boolean hasInterest(ServerLoop at, byte[] subject, int from, int to) {
    ServiceReplies replies = sharing.repliesOrNull();
    return replies != null && replies.owns(subject, from, to)
        ? replies.isAwaited(at, subject, from, to)
        : table(at).hasInterest(subject, from, to);
  }

  @Override
  public boolean isSubscribed(byte[] subject, byte[] group) {
    return table(here()).isSubscribed(subject, group);
  }

  @Override
  public @Nullable Service serviceBehind(String subject) {
    return sharing.serviceBehind(here(), subject);
  }

  @Override
  public boolean imports(String account, String subject) {
    return sharing.imports(account, subject);
  }

  @Override
  public byte[] publisher() {
    ClientConnection publishing = here().publisher;
    return publishing == null ? OutputBuffer.NO_BYTES : publishing.clientJson();
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
    List<ImportedListening> imported = sharing.listeningElsewhere(listening);
    int[] missing = {1 + imported.size()};
    Runnable oneInPlace =
        () -> {
          if (--missing[0] == 0) {
            inPlace.run();
          }
        };
    if (add(at, listening, oneInPlace)) {
      oneInPlace.run();
    }
    for (ImportedListening each : imported) {
      if (each.router().add(at, each, oneInPlace)) {
        oneInPlace.run();
      }
    }
    return () -> {
      ServerLoop now = here();
      remove(now, listening, Router::nothing);
      imported.forEach(each -> each.router().remove(now, each, Router::nothing));
    };
  }

  /**
   * Delivers what another loop's publisher sent to a connection of this loop.
   *
   * @param flags what that loop knew of the message's {@link Passage}
   */
  void arrived(
      ServerLoop at, Subscription to, @Nullable QueueGroup group, MessageFrame frame, int flags) {
    Passage passage = Passage.ofFlags(flags);
    if (deliverHere(at, to, null, frame, passage) || group == null) {
      return;
    }
    deliverToOneOf(at, group, to, null, frame, passage, at.nextMessage());
  }

  private boolean route(
      ServerLoop at,
      MatchResult match,
      @Nullable ClientConnection from,
      MessageFrame frame,
      Passage passage) {
    boolean received = false;
    List<Subscription> plain = match.here();
    for (int i = 0; i < plain.size(); i++) {
      received |= deliverHere(at, plain.get(i), from, frame, passage);
    }
    List<Subscription> elsewhere = match.elsewhere();
    List<QueueGroup> groups = match.groups();
    if (!elsewhere.isEmpty() || !groups.isEmpty()) {
      long message = at.nextMessage();
      for (int i = 0; i < elsewhere.size(); i++) {
        received |= deliverElsewhere(at, elsewhere.get(i), null, from, frame, passage, message);
      }
      for (int i = 0; i < groups.size(); i++) {
        received |= deliverToOneOf(at, groups.get(i), null, from, frame, passage, message);
      }
    }
    List<Subscriber.Listening> listeners = match.listeners();
    if (!listeners.isEmpty()) {
      ClientConnection outer = at.publisher;
      at.publisher = from;
      for (int i = 0; i < listeners.size(); i++) {
        received |= listeners.get(i).listener().onMessage(from, frame);
      }
      at.publisher = outer; // a listener may have published in its turn
    }
    List<Subscriber.Crossing> crossings = match.crossings();
    for (int i = 0; i < crossings.size(); i++) {
      received |= crossings.get(i).carry(at, from, frame, passage);
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
      Passage passage,
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
              ? deliverHere(at, member, from, frame, passage)
              : deliverElsewhere(at, member, group, from, frame, passage, message);
      if (taken) {
        return true;
      }
    }
    return false;
  }

  private static boolean deliverHere(
      ServerLoop at,
      Subscription to,
      @Nullable ClientConnection from,
      MessageFrame frame,
      Passage passage) {
    ClientConnection receiver = to.connection();
    if (to.isClosed() || (receiver == from && !receiver.echoes()) || to.refuses(frame, passage)) {
      return false;
    }
    if (!receiver.deliver(to, to.shown(frame, passage))) {
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
      Passage passage,
      long message) {
    if (to.refuses(frame, passage)) {
      return false;
    }
    ClientConnection receiver = to.connection();
    LoopMail mail = at.mailTo(receiver.loopIndex());
    mail.post(message, frame, passage.flags(), this, to, group);
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
