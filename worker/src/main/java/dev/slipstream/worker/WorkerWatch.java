// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics of {@link Workers} what happens there, and keeps what they throw away from it.
 * Without metrics each call is a comparison with null. Any thread; it keeps nothing.
 */
final class WorkerWatch {
  private static final System.Logger LOG = System.getLogger(WorkerWatch.class.getName());

  /** Tells nobody. */
  static final WorkerWatch NONE = new WorkerWatch(null, Clock.system());

  private final @Nullable WorkerMetrics sink;
  private final Clock clock;
  private final AtomicBoolean failed = new AtomicBoolean();

  WorkerWatch(@Nullable WorkerMetrics sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  Clock clock() {
    return clock;
  }

  /** Whether anybody listens. */
  boolean isOn() {
    return sink != null;
  }

  /** A life has begun: tells that, and whatever becomes of it. */
  void began(Life life, WorkerRef ref) {
    tell(metrics -> metrics.began(ref));
    life.started()
        .thenAccept(
            how -> {
              if (how == Child.Started.RUNNING) {
                tell(metrics -> metrics.started(ref));
              }
            });
    life.stopped().thenAccept(reason -> tell(metrics -> metrics.stopped(ref, reason)));
  }

  void restarting(String supervisor, String child, StopReason reason) {
    tell(metrics -> metrics.restarting(supervisor, child, reason));
  }

  void gaveUp(String supervisor, StopReason.RestartsExceeded reason) {
    tell(metrics -> metrics.gaveUp(supervisor, reason));
  }

  void attemptFailed(String child, Throwable why) {
    tell(metrics -> metrics.attemptFailed(child, why));
  }

  /** The watch of the messages of one life of a worker. */
  HandlingWatch handling(String child) {
    HandlingMetrics own = null;
    if (sink != null) {
      try {
        own = sink.handling(child);
      } catch (RuntimeException | Error failure) {
        failed(failure);
      }
    }
    return new HandlingWatch(this, own == HandlingMetrics.NONE ? null : own);
  }

  private void tell(Consumer<WorkerMetrics> call) {
    tell(sink, call);
  }

  /** Tells one sink, if there is one, guarded as this is. */
  <T> void tell(@Nullable T target, Consumer<T> call) {
    if (target == null) {
      return;
    }
    try {
      call.accept(target);
    } catch (RuntimeException | Error failure) {
      failed(failure);
    }
  }

  private void failed(Throwable failure) {
    if (failed.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.WARNING, "metrics of workers failed for the first time", failure);
    }
  }
}
