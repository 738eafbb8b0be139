// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who hears one subject, sorted by the way a message takes to them: listeners of the server, plain
 * subscriptions of this loop, those of other loops, queue groups.
 *
 * <p>Filled once by a table and not changed while anybody walks through it. Belongs to one loop.
 */
final class MatchResult implements Consumer<Subscriber> {
  /** What a subject without subscribers finds; never filled. */
  static final MatchResult NONE = new MatchResult(0, false);

  private final int loop;
  private final boolean reusable;
  private final List<Subscriber.Listening> listeners = new ArrayList<>(1);
  private final List<Subscription> here = new ArrayList<>(2);
  private final List<Subscription> elsewhere = new ArrayList<>(0);
  private final List<QueueGroup> groups = new ArrayList<>(0);

  /**
   * A result as the loop of index {@code loop} sees it.
   *
   * @param reusable whether it may be filled anew when its user has released it
   */
  MatchResult(int loop, boolean reusable) {
    this.loop = loop;
    this.reusable = reusable;
  }

  boolean isReusable() {
    return reusable;
  }

  @Override
  public void accept(Subscriber subscriber) {
    if (subscriber instanceof Subscription subscription) {
      if (subscription.isQueue()) {
        group(subscription.queue()).members.add(subscription);
      } else if (subscription.connection().loopIndex() == loop) {
        here.add(subscription);
      } else {
        elsewhere.add(subscription);
      }
    } else if (subscriber instanceof Subscriber.Listening listening) {
      listeners.add(listening);
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
    here.clear();
    elsewhere.clear();
    groups.clear();
  }

  boolean isEmpty() {
    return here.isEmpty() && listeners.isEmpty() && groups.isEmpty() && elsewhere.isEmpty();
  }

  List<Subscriber.Listening> listeners() {
    return listeners;
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

    byte[] name() {
      return name;
    }

    List<Subscription> members() {
      return members;
    }
  }
}
