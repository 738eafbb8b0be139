// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.base.Backoff;
import dev.slipstream.base.GuardedMailbox;
import dev.slipstream.client.Closed;
import dev.slipstream.client.ConnectionClosedException;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyWatcher;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Follows the configuration of a group for a membership. Of changes that come before the membership
 * has looked it keeps the last, so that any number of them takes the room of one.
 *
 * <p>Owner: the mailbox of the membership; entries come from the client's threads, and {@link
 * #stop} is for any.
 */
final class ConfigWatch implements KeyWatcher {
  private final ConsumerGroup group;
  private final GuardedMailbox mailbox;
  private final Backoff backoff;
  private final Owner owner;
  private final AtomicReference<@Nullable KeyValueEntry> last = new AtomicReference<>();
  private volatile @Nullable Consumption watch;
  private volatile boolean stopped;

  /** Who follows; called in the mailbox. */
  interface Owner {
    /** What the bucket says now; may be what it said before. */
    void onChange(KeyValueEntry entry);

    /** The group cannot be followed any more. */
    void onLost(MembershipEnd why);
  }

  ConfigWatch(ConsumerGroup group, GuardedMailbox mailbox, Backoff backoff, Owner owner) {
    this.group = group;
    this.mailbox = mailbox;
    this.backoff = backoff;
    this.owner = owner;
  }

  /** Begins with what is there. */
  void follow() {
    if (stopped) {
      return;
    }
    try {
      KeyValue bucket = group.bucket().find(group.js()).orElse(null);
      if (bucket == null) {
        owner.onLost(new MembershipEnd.GroupDeleted()); // with all others
        return;
      }
      Consumption begun = bucket.watch(this, group.key());
      watch = begun;
      begun.closed().thenAccept(why -> mailbox.post(() -> onEnded(why)));
    } catch (ConnectionClosedException over) {
      owner.onLost(new MembershipEnd.ConsumptionEnded(new Closed.ConnectionClosed()));
    } catch (NatsException notNow) {
      mailbox.later(backoff.nextDelayNanos(), this::follow);
    }
  }

  @Override
  public void onEntry(KeyValueEntry entry) {
    if (last.getAndSet(entry) == null) {
      mailbox.post(this::look);
    }
  }

  private void look() {
    KeyValueEntry entry = last.getAndSet(null);
    if (entry != null) {
      owner.onChange(entry);
    }
  }

  private void onEnded(Closed why) {
    if (stopped) {
      return;
    }
    if (why instanceof Closed.StreamDeleted) {
      owner.onLost(new MembershipEnd.GroupDeleted()); // with the bucket
    } else if (why instanceof Closed.ConnectionClosed || why.isOrderly()) {
      owner.onLost(new MembershipEnd.ConsumptionEnded(why));
    } else {
      mailbox.later(backoff.nextDelayNanos(), this::follow);
    }
  }

  /** Follows no longer. */
  void stop() {
    stopped = true;
    Consumption present = watch;
    if (present != null) {
      present.stop();
    }
  }
}
