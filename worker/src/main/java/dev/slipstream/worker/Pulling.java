// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.PullEvent;
import dev.slipstream.protocol.wire.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** How a worker pulls and where its handlers run, as its options say. Immutable. */
final class Pulling {
  private static final System.Logger LOG = System.getLogger(Pulling.class.getName());

  private final WorkerSettings from;
  private final Executor handlers;
  private final Consumer<Status> onStatus;

  /**
   * @param handlers where messages are handled
   * @param onStatus hears there what the server says of pulls
   */
  Pulling(WorkerSettings from, Executor handlers, Consumer<Status> onStatus) {
    this.from = from;
    this.handlers = handlers;
    this.onStatus = onStatus;
  }

  /** For a consumer that the worker pulls from by itself. */
  ConsumeOptions byItself() {
    int window = Math.max(from.batchSize, from.parallelism);
    ConsumeOptions.Builder builder =
        handling(ConsumeOptions.builder())
            .maxMessages(window)
            .expires(from.requestExpires)
            .heartbeat(from.heartbeat())
            .bareNext(from.bareNext)
            .onEvent(this::onEvent);
    if (window == 1) {
      builder.maxBytes(0);
    }
    if (from.priority != null) {
      builder.priority(from.priority);
    }
    if (!from.inboxPrefix.isEmpty()) {
      builder.inboxPrefix(from.inboxPrefix);
    }
    return builder.build();
  }

  /** For a consumer of a source, which has said what it needs. */
  ConsumeOptions of(ConsumeOptions.Builder source) {
    if (from.batchSize > 1) {
      source.maxMessages(Math.max(from.batchSize, from.parallelism));
    }
    return handling(source).build();
  }

  private ConsumeOptions.Builder handling(ConsumeOptions.Builder builder) {
    builder.parallelism(from.parallelism).executor(handlers).onError(ConsumeOptions.OnError.LEAVE);
    if (from.orderedBy != null) {
      builder.orderedBy(from.orderedBy);
    }
    if (from.keepAlive != null) {
      builder.keepAlive(from.keepAlive);
    }
    return builder;
  }

  private void onEvent(PullEvent event) {
    if (event instanceof PullEvent.StatusReceived received) {
      try {
        handlers.execute(() -> onStatus.accept(received.status()));
      } catch (RejectedExecutionException closed) {
        LOG.log(System.Logger.Level.DEBUG, "nobody is told of {0}: the workers are closed", event);
      }
    }
  }
}
