// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.worker.Child.Started;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A life together with its id and name: what starts a child, guards against what its code throws,
 * and gives its name back before anybody hears that it has stopped. It has stopped too when its
 * start failed or was ignored. What it has linked to itself has stopped before it.
 *
 * <p>{@link #begin}, {@link #stop}, {@link #kill} and what is about links are for one thread, that
 * of the supervisors; the rest for any.
 */
final class Life extends ChildProcess {
  private static final System.Logger LOG = System.getLogger(Life.class.getName());

  private final ChildSpec spec;
  private final Names names;
  private final EventLoop loop;

  /** The life that this one stops with: that of its supervisor, or the one it is linked to. */
  private volatile @Nullable Life owner;

  /** Written once, before anybody else knows this life. */
  private volatile @Nullable Child child;

  private volatile Since since;

  /** Why it is to stop, when that is another life's doing. */
  private volatile StopReason.@Nullable Linked imposed;

  /** Written by the thread of the supervisors. */
  private volatile boolean stopAsked;

  /** Who hears that it has stopped abnormally. */
  private @Nullable Link link;

  /** What it has linked to itself. */
  private volatile @Nullable LinkedLives linked;

  /** What begins a life. */
  interface Beginning {
    Child begin() throws Exception;
  }

  private record Since(WorkerStatus status, long epochNanos) {}

  private Life(ChildSpec spec, @Nullable Life owner, Names names, EventLoop loop) {
    super(spec.id());
    this.spec = spec;
    this.owner = owner;
    this.names = names;
    this.loop = loop;
    this.since = new Since(WorkerStatus.STARTING, loop.clock().epochNanos());
  }

  /**
   * Begins a life; what goes wrong is told by {@link #started}.
   *
   * @param owner the life that it stops with, or null
   */
  static Life begin(
      ChildSpec spec, @Nullable Life owner, Names names, EventLoop loop, Beginning beginning) {
    Life life = new Life(spec, owner, names, loop);
    try {
      if (spec.name() != null) {
        names.take(spec.name(), life);
      }
      Child child = CurrentLife.within(life, beginning::begin);
      life.child = child;
      child.started().whenComplete(life::onStarted);
      child.stopped().whenComplete(life::onStopped);
    } catch (Exception failure) {
      life.onStarted(null, failure);
    }
    return life;
  }

  private void onStarted(@Nullable Started how, @Nullable Throwable failure) {
    if (failure != null) {
      endWithLinked(reasonOf(failure));
    } else if (how == Started.IGNORED) {
      afterLinked(
          new StopReason.Ignored(),
          () -> {
            release();
            declined();
          });
    } else {
      note(status());
      begun();
    }
  }

  private void onStopped(@Nullable StopReason reason, @Nullable Throwable failure) {
    Child living = child;
    if (living != null
        && living.started().isDone()
        && !living.started().isCompletedExceptionally()) {
      begun();
    }
    endWithLinked(reason == null ? reasonOf(failure) : reason);
  }

  private void endWithLinked(StopReason reason) {
    StopReason why = reasonFor(reason);
    afterLinked(why, () -> end(why));
  }

  /** Ends what it has linked to itself, if there is any, and then does something. */
  private void afterLinked(StopReason why, Runnable then) {
    LinkedLives mine = linked;
    if (mine == null || !loop.offer(() -> mine.end(why, then))) {
      then.run();
    } else {
      note(WorkerStatus.STOPPING);
    }
  }

  /** Why it stops, when its own code says {@code reason}: perhaps because of another life. */
  StopReason reasonFor(StopReason reason) {
    StopReason.Linked why = imposed;
    boolean askedTo = !reason.isAbnormal() || reason instanceof StopReason.Killed;
    return why == null || !askedTo ? reason : why;
  }

  /** Ends it; a start that was not done has failed. */
  private void end(StopReason reason) {
    release();
    note(WorkerStatus.STOPPED);
    over(reason);
  }

  private void release() {
    if (spec.name() != null) {
      names.release(spec.name(), this);
    }
  }

  /** What a failure amounts to. */
  static StopReason reasonOf(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof StartFailedException start) {
      return start.reason();
    }
    return new StopReason.Failed(
        cause == null ? new IllegalStateException("stopped without a reason") : cause);
  }

  ChildSpec spec() {
    return spec;
  }

  /** The child itself; null when it could not begin. */
  @Nullable Child child() {
    return child;
  }

  /** Whether {@code inner} is this life or one that stops with it. */
  boolean contains(@Nullable Life inner) {
    for (Life life = inner; life != null; life = life.owner) {
      if (life == this) {
        return true;
      }
    }
    return false;
  }

  /** Its place in its supervisor; null when it has none, or when another life is there by now. */
  @Nullable Slot slot() {
    Life above = owner;
    Slot slot =
        above != null && above.child instanceof SupervisorProcess supervisor
            ? supervisor.slots().find(id())
            : null;
    return slot != null && slot.life() == this ? slot : null;
  }

  /** Whether its start was not done when it stopped. */
  boolean hasFailedToStart() {
    return started().isCompletedExceptionally();
  }

  /** Whether it belongs to the supervisors of {@code other}. */
  boolean livesOn(EventLoop other) {
    return loop == other;
  }

  /** What it has linked to itself, to which there can be added. */
  LinkedLives linked() {
    loop.assertOwner();
    LinkedLives present = linked;
    if (present == null) {
      present = new LinkedLives(this);
      linked = present;
    }
    return present;
  }

  /** Links it to who starts it. */
  void linkTo(Link starter) {
    link = starter;
    stopped().whenComplete((reason, never) -> loop.offer(() -> tellLink(reason)));
  }

  private void tellLink(StopReason reason) {
    Link told = link;
    link = null;
    if (told != null) {
      told.onStopped(this, reason);
    }
  }

  /** Does not stop with its starter any more, nor its starter with it. */
  void unlink() {
    Link cut = link;
    if (cut != null) {
      link = null;
      owner = null;
      cut.cut(this);
    }
  }

  @Override
  public WorkerStatus status() {
    Child living = child;
    if (stopped().isDone()) {
      return WorkerStatus.STOPPED;
    }
    WorkerStatus shown = living == null ? WorkerStatus.STARTING : living.status();
    boolean waitsForLinked = shown == WorkerStatus.STOPPED && linked != null;
    boolean finishes = stopAsked && living != null && shown != WorkerStatus.STOPPED;
    return waitsForLinked || finishes ? WorkerStatus.STOPPING : shown;
  }

  /** Notes what it is doing now: what tells of a change, or whoever sees it first. */
  void note(WorkerStatus now) {
    if (since.status != now) {
      since = new Since(now, loop.clock().epochNanos());
    }
  }

  /** Since when it does what it is seen doing. */
  long sinceEpochNanos(WorkerStatus seen) {
    note(seen);
    return since.epochNanos;
  }

  @Override
  public Optional<Object> observedState() {
    Child living = child;
    return living == null ? Optional.empty() : living.observedState();
  }

  @Override
  public void stop() {
    Child living = child;
    if (living == null || stopped().isDone()) {
      return;
    }
    try {
      living.stop();
      stopAsked = true; // not before it knows, as who sees STOPPING may count on that
    } catch (RuntimeException bug) {
      LOG.log(System.Logger.Level.ERROR, id() + " failed to stop and is killed", bug);
      kill();
    }
  }

  /** Stops it in time because of another life, unless it was to stop anyway. */
  void stopBecause(StopReason.Linked why) {
    if (!stopAsked && !stopped().isDone()) {
      LOG.log(
          System.Logger.Level.ERROR, "{0} stops because of {1}: {2}", id(), why.id(), why.reason());
      imposed = why;
      stopInTime();
    }
  }

  /** Asks it to stop and kills it when its time to do so is up. */
  void stopInTime() {
    long limitNanos = spec.shutdownNanos();
    if (limitNanos == 0) {
      kill();
      return;
    }
    stop();
    if (limitNanos != Long.MAX_VALUE && !stopped().isDone()) {
      EventLoop.Timer limit = loop.schedule(limitNanos, this::killLate);
      stopped().whenComplete((reason, never) -> loop.offer(limit::cancel));
    }
  }

  private void killLate() {
    if (!stopped().isDone()) {
      LOG.log(System.Logger.Level.WARNING, "{0} did not stop in time", id());
      kill();
    }
  }

  /** Ends it; afterwards it has stopped, whatever its code does. */
  @Override
  public void kill() {
    Child living = child;
    if (living != null && !stopped().isDone()) {
      try {
        living.kill();
      } catch (RuntimeException bug) {
        LOG.log(System.Logger.Level.ERROR, id() + " failed to be killed", bug);
      }
    }
    LinkedLives mine = linked;
    if (mine != null) {
      mine.kill();
    }
    end(reasonFor(new StopReason.Killed()));
  }
}
