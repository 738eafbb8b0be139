// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One life of a pull worker: runs its {@code init}, and what follows in {@link PullWork}.
 *
 * <p>Owner: its mailbox. {@link #stop}, {@link #kill}, {@link #status} and the futures are for any
 * thread. After a kill the mailbox may still run a callback; nothing of what it returns is used.
 */
final class PullProcess<A, S> extends ChildProcess {
  private final WatchedWorker<A, S> worker;
  private final A argument;
  private final Workers workers;
  private final SerialLoop mailbox;
  private volatile WorkerStatus status = WorkerStatus.STARTING;
  private volatile boolean stopAsked;
  private volatile boolean killed;
  private volatile @Nullable PullWork<S> work;

  private PullProcess(String id, PullWorker<A, S> worker, A argument, Workers workers) {
    super(id);
    this.worker = new WatchedWorker<>(worker);
    this.argument = argument;
    this.workers = workers;
    this.mailbox = workers.mailbox();
  }

  static <A, S> PullProcess<A, S> begin(
      Workers workers, String id, PullWorker<A, S> worker, A argument) {
    PullProcess<A, S> process = new PullProcess<>(id, worker, argument, workers);
    process.mailbox.execute(process::init);
    return process;
  }

  @Override
  public WorkerStatus status() {
    return status;
  }

  @Override
  public Optional<Object> observedState() {
    return worker.lastState();
  }

  @Override
  public void stop() {
    stopAsked = true;
    mailbox.offer(
        () -> {
          PullWork<S> present = work;
          if (present != null) {
            present.leave(new StopReason.Shutdown());
          }
        });
    PullWork<S> present = work;
    if (present != null) {
      present.close();
    }
  }

  @Override
  public void kill() {
    killed = true;
    finish(new StopReason.Killed());
    mailbox.interrupt();
    PullWork<S> present = work;
    if (present != null) {
      present.kill();
    }
  }

  boolean isKilled() {
    return killed;
  }

  /** Whether it was asked to stop, so that no message is to be handled after the one at hand. */
  boolean isStopAsked() {
    return stopAsked;
  }

  void show(WorkerStatus now) {
    if (!killed) {
      status = now;
      statusChanged();
    }
  }

  /** The life is over. */
  void finish(StopReason reason) {
    status = WorkerStatus.STOPPED;
    over(reason);
  }

  private void init() {
    Init<S> said;
    try {
      said = worker.init(argument);
    } catch (Exception | LinkageError | AssertionError failure) {
      finish(new StopReason.Failed(failure));
      return;
    }
    if (said instanceof Init.Ok<S> ok) {
      PullWork<S> begun = new PullWork<>(this, worker, ok, workers, mailbox);
      work = begun;
      show(WorkerStatus.CONNECTING);
      begun();
      begun.begin();
    } else if (said instanceof Init.Stop<S> stop) {
      finish(new StopReason.Refused(stop.reason()));
    } else {
      status = WorkerStatus.STOPPED;
      declined();
    }
  }
}
