// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who hears one subject, sorted by the way a message takes to them: listeners of the server, ways
 * into other accounts, plain subscriptions of this loop, those of other loops, queue groups.
 *
 * <p>Filled once by a table and not changed while anybody walks through it. Belongs to one loop.
 */
final class MatchResult implements Consumer<FilterSubscribers> {
  /** What a subject without subscribers finds; never filled. */
  static final MatchResult NONE = new MatchResult(0);

  private final int loop;
  private final Consumer<Subscriber> sort = this::sort;
  private final List<Subscriber.Listening> listeners = new ArrayList<>(1);
  private final List<Subscriber.Crossing> crossings = new ArrayList<>(0);
  private final List<Subscription> here = new ArrayList<>(2);
  private final List<Subscription> elsewhere = new ArrayList<>(0);
  private final List<QueueGroup> groups = new ArrayList<>(0);
  private int size;
  private boolean shared;
  private boolean kept;

  static {
    NONE.keep();
  }

  /** A result as the loop of index {@code loop} sees it. */
  MatchResult(int loop) {
    this.loop = loop;
  }

  /** Whether it must not be filled anew when its user has released it. */
  boolean isKept() {
    return kept;
  }

  /** Says that it stays as it is. */
  void keep() {
    kept = true;
  }

  @Override
  public void accept(FilterSubscribers subscribers) {
    size += subscribers.size();
    subscribers.forEach(sort);
  }

  private void sort(Subscriber subscriber) {
    if (subscriber instanceof Subscription subscription) {
      shared |= subscription.via() != null;
      if (subscription.isQueue()) {
        group(subscription.queue()).members.add(subscription);
      } else if (subscription.connection().loopIndex() == loop) {
        here.add(subscription);
      } else {
        elsewhere.add(subscription);
      }
    } else if (subscriber instanceof Subscriber.Listening listening) {
      listeners.add(listening);
    } else if (subscriber instanceof Subscriber.Crossing crossing) {
      crossings.add(crossing);
      shared = true;
    }
  }

  private QueueGroup group(byte[] name) {
    for (int i = 0; i < groups.size(); i++) {
      if (Arrays.equals(groups.get(i).name, name)) {
        return groups.get(i);
      }
    }
    QueueGroup group = new QueueGroup(name);
    groups.add(group);
    return group;
  }

  void clear() {
    listeners.clear();
    crossings.clear();
    here.clear();
    elsewhere.clear();
    groups.clear();
    size = 0;
    shared = false;
  }

  /** Whether some of them are of another account, or lead there. */
  boolean isShared() {
    return shared;
  }

  /** How many subscribers it holds. */
  int size() {
    return size;
  }

  List<Subscriber.Listening> listeners() {
    return listeners;
  }

  /** Ways into other accounts. */
  List<Subscriber.Crossing> crossings() {
    return crossings;
  }

  /** Plain subscriptions of connections on this loop. */
  List<Subscription> here() {
    return here;
  }

  /** Plain subscriptions of connections on other loops. */
  List<Subscription> elsewhere() {
    return elsewhere;
  }

  List<QueueGroup> groups() {
    return groups;
  }

  /** The members of one queue group whose filters match: one of them gets the message. */
  static final class QueueGroup {
    private final byte[] name;
    private final List<Subscription> members = new ArrayList<>(2);

    private QueueGroup(byte[] name) {
      this.name = name;
    }

    List<Subscription> members() {
      return members;
    }
  }
}
