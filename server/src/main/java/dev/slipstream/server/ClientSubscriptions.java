// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one client by their sid. Belongs to the connection's loop. */
final class ClientSubscriptions {
  private final ClientConnection connection;
  private final ServerContext server;
  private final ServerLoop loop;
  private final ClientLogin login;
  private final TokenTable<Subscription> bySid = new TokenTable<>();
  private final Runnable inPlace;

  ClientSubscriptions(
      ClientConnection connection, ServerContext server, ServerLoop loop, ClientLogin login) {
    this.connection = connection;
    this.server = server;
    this.loop = loop;
    this.login = login;
    this.inPlace = () -> connection.input().changeInPlace();
  }

  /** Takes a SUB; see {@code ProtocolHandler.onSubscribe}. */
  void subscribe(byte[] line, int[] at) {
    byte[] filter = Arrays.copyOfRange(line, at[0], at[1]);
    byte[] queue = at[3] > at[2] ? Arrays.copyOfRange(line, at[2], at[3]) : OutputBuffer.NO_BYTES;
    if (!isAllowed(filter, queue)) {
      return;
    }
    if (login.maxSubscriptions() > 0 && bySid.size() >= login.maxSubscriptions()) {
      connection.error("maximum subscriptions exceeded");
      connection.tell("maximum subscriptions exceeded");
      return;
    }
    // a sid that is in use keeps its subscription, and the client is not told
    if (bySid.get(line, at[4], at[5]) == null) {
      if (!Subject.isValidFilter(filter, 0, filter.length)) {
        connection.tell("Invalid Subject");
        return;
      }
      add(filter, queue, Arrays.copyOfRange(line, at[4], at[5]));
    }
    if (login.options().verbose()) {
      connection.ok();
    }
  }

  private void add(byte[] filter, byte[] queue, byte[] sid) {
    PermissionRules rules = login.permissions();
    DenyFilter denied = rules == null ? null : rules.denyFilter(filter);
    Subscription added = new Subscription(connection, filter, queue, sid, denied);
    bySid.put(sid, added);
    await(login.account().router().subscribe(loop, added, inPlace));
  }

  private void await(int changes) {
    for (int i = 0; i < changes; i++) {
      connection.input().awaitChange();
    }
  }

  private boolean isAllowed(byte[] filter, byte[] queue) {
    String problem = refusal(filter, queue);
    if (problem == null) {
      return true;
    }
    String quoted = GoQuote.quote(new String(filter, StandardCharsets.UTF_8)) + problem;
    connection.tell("Permissions Violation for Subscription to " + quoted);
    connection.error("Subscription Violation - Subject " + quoted);
    return false;
  }

  /** What stands behind the subject in the refusal of a SUB, or null when it is allowed. */
  private @Nullable String refusal(byte[] filter, byte[] queue) {
    PermissionRules rules = login.permissions();
    if ((rules != null && !rules.maySubscribe(filter, queue))
        || ReservedSubjects.isForbiddenQueue(queue)) {
      return queue.length == 0
          ? ""
          : " using queue " + GoQuote.quote(new String(queue, StandardCharsets.UTF_8));
    }
    int most = server.config().maxSubscriptionTokens();
    return most > 0 && tokens(filter) > most ? ", too many tokens" : null;
  }

  private static int tokens(byte[] filter) {
    int count = 1;
    for (byte each : filter) {
      count += each == '.' ? 1 : 0;
    }
    return count;
  }

  /** Takes an UNSUB; {@code max} is 0 when it has none. */
  void unsubscribe(byte[] line, int sidStart, int sidEnd, long max) {
    Subscription subscription = bySid.get(line, sidStart, sidEnd);
    if (login.options().verbose()) {
      connection.ok();
    }
    if (subscription == null) {
      return;
    }
    if (max > subscription.delivered()) {
      subscription.setMax(max);
    } else {
      await(remove(subscription, inPlace));
    }
  }

  /** Removes a subscription that has had all it wanted. */
  void removeSpent(Subscription subscription) {
    remove(subscription.counted(), ClientSubscriptions::nothing);
  }

  /** Answers how many changes are not in place. */
  private int remove(Subscription subscription, Runnable whenInPlace) {
    subscription.close();
    bySid.remove(subscription.sid());
    return login.account().router().unsubscribe(loop, subscription, whenInPlace);
  }

  int count() {
    return bySid.size();
  }

  List<SubscriptionFigures> figures() {
    List<SubscriptionFigures> all = new ArrayList<>(bySid.size());
    bySid.forEach(subscription -> all.add(subscription.figures()));
    return all;
  }

  /** Removes all. */
  void clear() {
    List<Subscription> all = new ArrayList<>(bySid.size());
    bySid.forEach(all::add);
    for (Subscription subscription : all) {
      subscription.close();
      login.account().router().unsubscribe(loop, subscription, ClientSubscriptions::nothing);
    }
    bySid.clear();
  }

  private static void nothing() {
    // nobody waits for what the client did not ask for
  }
}
