// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics what becomes of the messages of one life of a worker, and how long that takes.
 * Without metrics it does not look at the clock. Any thread.
 */
final class HandlingWatch {
  private final WorkerWatch all;
  private final @Nullable HandlingMetrics sink;

  HandlingWatch(WorkerWatch all, @Nullable HandlingMetrics sink) {
    this.all = all;
    this.sink = sink;
  }

  /** When the handling of a message begins, to be given back when it ends. */
  long begins() {
    return sink == null ? 0 : all.clock().nanos();
  }

  void handled(Reply.Action said, long began) {
    if (sink != null) {
      long nanos = all.clock().nanos() - began;
      all.tell(sink, metrics -> metrics.handled(said, nanos));
    }
  }

  void failed(Throwable failure, long began) {
    if (sink != null) {
      long nanos = all.clock().nanos() - began;
      all.tell(sink, metrics -> metrics.failed(failure, nanos));
    }
  }
}
