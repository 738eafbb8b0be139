// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.base.Backoff;
import dev.slipstream.base.EventLoop;
import dev.slipstream.base.GuardedMailbox;
import dev.slipstream.client.ApiException;
import dev.slipstream.client.Closed;
import dev.slipstream.client.ConnectionClosedException;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.ConsumerExistsException;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.Priority;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.worker.groups.MembershipState.Phase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a membership does: has the member's consumer and consumes it, follows the group's
 * configuration, lets go when that says so, and tries again until it has what it should.
 *
 * <p>What it lets go ({@link Release}) is free for others only when nothing of it is handled any
 * more. Whoever gets it waits as long, since a work queue refuses a consumer whose partitions
 * another one has (10100).
 *
 * <p>Owner: its mailbox, whose commands may block for as long as a request to the server does. What
 * it holds is bounded: one consumption, one change of the configuration, one timer.
 */
final class MemberLoop implements ConfigWatch.Owner, Release.Owner {
  private static final System.Logger LOG = System.getLogger(MemberLoop.class.getName());
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConsumerGroup group;
  private final String member;
  private final JoinOptions options;
  private final MemberConsuming consuming;
  private final GuardedMailbox mailbox;
  private final MemberConsumer place;
  private final Backoff backoff;
  private final ConfigWatch changes;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<MembershipEnd> closed = new CompletableFuture<>();
  private GroupConfig config;
  private long revision;
  private @Nullable Release releasing;

  private EventLoop.@Nullable Timer retry;
  private @Nullable MembershipEnd leaving;

  /** Written by the mailbox; read by whoever finds that it has ended. */
  private volatile @Nullable Holding holding;

  private volatile MembershipState shown;

  MemberLoop(
      ConsumerGroup group,
      String member,
      JoinOptions options,
      MemberConsuming consuming,
      GroupConfig config,
      long revision) {
    this.group = group;
    this.member = member;
    this.options = options;
    this.consuming = consuming;
    this.config = config;
    this.revision = revision;
    EventLoop loop = options.workers().newMailbox();
    mailbox = new GuardedMailbox(loop, this::failed, this::workersEnded);
    place = new MemberConsumer(group, member, options, loop.clock());
    backoff = new Backoff(FIRST_RETRY_NANOS, LAST_RETRY_NANOS, options.random());
    changes = new ConfigWatch(group, mailbox, backoff, this);
    shown = new MembershipState(Phase.WAITING, config.partitions(member), null);
  }

  // ---- for any thread

  /**
   * Begins.
   *
   * @return done after the first attempt to have the consumer; fails when no other can succeed
   */
  CompletableFuture<Void> begin() {
    mailbox.begin(this::first);
    return begun;
  }

  /** Ends it. */
  void stop() {
    mailbox.post(() -> leave(new MembershipEnd.Stopped()));
  }

  CompletableFuture<MembershipEnd> closed() {
    return closed;
  }

  MembershipState state() {
    MembershipState last = shown;
    Holding present = holding;
    boolean isServed = present != null && !present.pin().id().isEmpty();
    return last.phase() == Phase.STANDBY && isServed
        ? new MembershipState(Phase.ACTIVE, last.partitions(), last.lastFailure())
        : last;
  }

  /** Whether a command of this is what calls. */
  boolean isHere() {
    return mailbox.isHere();
  }

  /** Nobody runs the mailbox any more: what goes on is stopped by whoever comes by. */
  private void workersEnded() {
    Holding present = holding;
    if (present != null) {
      present.stop();
    }
    changes.stop();
    closed.complete(new MembershipEnd.Stopped());
  }

  // ---- in the mailbox

  private void failed(Throwable failure) {
    LOG.log(System.Logger.Level.ERROR, member + " of " + group + " failed", failure);
    leave(new MembershipEnd.Failed(failure));
  }

  private void show(Phase phase, @Nullable Throwable failure) {
    shown = new MembershipState(phase, config.partitions(member), failure);
  }

  private void first() {
    try {
      changes.follow();
      acquire();
    } catch (RuntimeException | Error failure) {
      leave(new MembershipEnd.Failed(failure)); // whoever joins is told
    }
    if (leaving instanceof MembershipEnd.Failed failed) {
      begun.completeExceptionally(failed.cause());
    } else {
      begun.complete(null);
    }
  }

  @Override
  public void onLost(MembershipEnd why) {
    leave(why);
  }

  @Override
  public void onChange(KeyValueEntry entry) {
    if (leaving != null || entry.revision() <= revision) {
      return;
    }
    revision = entry.revision();
    if (!entry.isPut()) {
      leave(new MembershipEnd.GroupDeleted());
      return;
    }
    GroupConfig now;
    try {
      now = group.read(entry);
    } catch (InvalidGroupException invalid) {
      leave(new MembershipEnd.GroupInvalid(invalid));
      return;
    }
    if (!group.permits(config, now)) {
      leave(new MembershipEnd.GroupChanged(config, now));
      return;
    }
    config = now;
    reassign();
  }

  /** Has what the configuration says, and nothing else. */
  private void reassign() {
    Holding present = holding;
    if (present == null) {
      if (releasing == null) {
        acquire();
      }
    } else if (!present.filters().equals(filters())) {
      release(present);
    } else {
      show(Phase.STANDBY, null);
    }
  }

  private List<String> filters() {
    return Partitions.filters(config, member);
  }

  private void acquire() {
    cancelRetry();
    if (leaving != null || holding != null || releasing != null) {
      return;
    }
    List<String> filters = filters();
    if (filters.isEmpty()) {
      show(Phase.OUTSIDE, null);
      return;
    }
    try {
      hold(place.take(filters), filters);
    } catch (ConnectionClosedException over) {
      leave(new MembershipEnd.ConsumptionEnded(new Closed.ConnectionClosed()));
    } catch (StreamNotFoundException gone) {
      if (begun.isDone()) {
        refused(gone, new Closed.StreamDeleted());
      } else {
        leave(new MembershipEnd.Failed(gone));
      }
    } catch (NatsException refusal) {
      if (mayPass(refusal)) {
        tryLater(refusal);
      } else {
        leave(new MembershipEnd.Failed(refusal));
      }
    }
  }

  /** Whether to try again may help. At the first attempt whoever joins is told if it cannot. */
  private boolean mayPass(NatsException refusal) {
    if (refusal instanceof ConsumerExistsException) {
      return group.replacesConsumers();
    }
    boolean isLost = !(refusal instanceof ApiException);
    return isLost || begun.isDone() || isTaken((ApiException) refusal);
  }

  /** Whether another member has partitions yet that are to be this one's. */
  private static boolean isTaken(ApiException refusal) {
    return refusal.errCode() == ApiErrors.CONSUMER_WORK_QUEUE_CONSUMER_NOT_UNIQUE.errCode();
  }

  private void hold(PullConsumer consumer, List<String> filters) {
    PinWatch pin = new PinWatch();
    ConsumeOptions.Builder pulls =
        ConsumeOptions.builder()
            .priority(Priority.pinned(ConsumerGroup.PRIORITY_GROUP))
            .expires(options.timings().expires())
            .onEvent(pin);
    Consumption consumption = consuming.begin(consumer, pulls);
    Holding held = new Holding(consumer, filters, pin, consumption);
    holding = held;
    backoff.reset();
    show(Phase.STANDBY, null);
    held.closed().thenAccept(why -> mailbox.post(() -> onClosed(held, why)));
  }

  /** A consumption has ended that was not asked to here. */
  private void onClosed(Holding held, Closed why) {
    if (holding != held) {
      return;
    }
    holding = null;
    if (why instanceof Closed.ConsumerDeleted || why instanceof Closed.StreamDeleted) {
      refused(null, why);
    } else if (why instanceof Closed.Refused) {
      tryLater(new NatsException("pulls are refused: " + why, null));
    } else {
      // another instance need not wait until the pin lapses
      Release alone = new Release(held, why instanceof Closed.ConnectionClosed, mailbox, this);
      releasing = alone;
      leave(new MembershipEnd.ConsumptionEnded(why));
      alone.returned();
    }
  }

  /** What was to be consumed is not there: perhaps the group is not either. */
  private void refused(@Nullable NatsException refusal, Closed why) {
    try {
      onChange(group.entry());
    } catch (GroupNotFoundException gone) {
      leave(new MembershipEnd.GroupDeleted());
    } catch (NatsException unknown) {
      tryLater(unknown);
      return;
    }
    if (leaving != null || holding != null) {
      return;
    }
    if (why instanceof Closed.StreamDeleted) {
      leave(new MembershipEnd.ConsumptionEnded(why));
    } else {
      tryLater(refusal);
    }
  }

  private void tryLater(@Nullable Throwable why) {
    cancelRetry();
    if (leaving != null) {
      return;
    }
    show(Phase.WAITING, why);
    LOG.log(System.Logger.Level.DEBUG, "{0} of {1} has no consumer: {2}", member, group, why);
    retry = mailbox.later(backoff.nextDelayNanos(), this::acquire);
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  // ---- letting go

  private void leave(MembershipEnd reason) {
    if (leaving != null) {
      return;
    }
    leaving = reason;
    cancelRetry();
    Holding present = holding;
    if (present != null) {
      release(present);
    } else if (releasing == null) {
      finish();
    }
  }

  private void release(Holding held) {
    holding = null;
    show(Phase.RELEASING, null);
    Release begun = new Release(held, held.isCutOff(), mailbox, this);
    releasing = begun;
    begun.begin(TimeUnit.NANOSECONDS.convert(options.timings().ackWait()));
  }

  @Override
  public void onReleased(Release release) {
    if (releasing != release) {
      return;
    }
    giveUp(release);
    releasing = null;
    if (leaving != null) {
      finish();
    } else {
      acquire();
    }
  }

  private void giveUp(Release release) {
    if (release.isCutOff()) {
      return;
    }
    MembershipEnd reason = leaving;
    Holding held = release.held();
    try {
      if (reason == null) {
        place.dropUnlessRight(held.pin().id(), filters());
      } else if (endsConsumer(reason)) {
        place.delete();
      } else {
        place.unpin(held.consumer(), held.pin().id());
      }
    } catch (NatsException refusal) {
      LOG.log(System.Logger.Level.DEBUG, "{0} of {1} lets go: {2}", member, group, refusal);
    }
  }

  @Override
  public int numAckPending() {
    return place.numAckPending();
  }

  /** The consumer of a static group stays for the next instance, but not for another group. */
  private boolean endsConsumer(MembershipEnd reason) {
    return !group.replacesConsumers()
        && (reason instanceof MembershipEnd.GroupDeleted
            || reason instanceof MembershipEnd.GroupChanged
            || reason instanceof MembershipEnd.GroupInvalid);
  }

  private void finish() {
    MembershipEnd reason = leaving;
    show(Phase.ENDED, reason instanceof MembershipEnd.Failed failed ? failed.cause() : null);
    changes.stop();
    if (reason != null) {
      closed.complete(reason);
    }
  }
}
