// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way out, as metrics and interceptors see it.
 *
 * <p>Made by the thread that sends it, before it does; then one thread tells what became of it. The
 * loop only stops the watch, which is handed over with the answer.
 */
final class SendWatch {
  private static final long RUNNING = -1;

  private final Publication publication;
  private final @Nullable Guarded<ClientMetrics> metrics;
  private final List<Guarded<Interceptor.Sending>> sendings;
  private final Clock clock;
  private final long beganNanos;
  private long tookNanos = RUNNING;

  SendWatch(
      Publication publication,
      @Nullable Guarded<ClientMetrics> metrics,
      List<Guarded<Interceptor>> interceptors,
      Clock clock) {
    this.publication = publication;
    this.metrics = metrics;
    this.clock = clock;
    beganNanos = clock.nanos();
    sendings = Guarded.makeAll(interceptors, each -> each.publishing(publication));
  }

  /** The encoded headers, with those of the interceptors. */
  byte[] headers() {
    return publication.headers().toBytes();
  }

  /** Runs what sends the message and returns its result; a failure is told and thrown on. */
  <T> T during(Supplier<T> sending) {
    try {
      return sending.get();
    } catch (RuntimeException | Error failure) {
      failed(failure);
      throw failure;
    }
  }

  /** As {@link #during(Supplier)}, without a result. */
  void during(Runnable sending) {
    try {
      sending.run();
    } catch (RuntimeException | Error failure) {
      failed(failure);
      throw failure;
    }
  }

  /** The answer has come; it is told later. On the loop. */
  void stop() {
    tookNanos = clock.nanos() - beganNanos;
  }

  void sent() {
    end(Interceptor.Sending::sent);
  }

  void stored(PublishAck ack) {
    if (metrics != null) {
      long nanos = nanos();
      metrics.tell(sink -> sink.published(ack, nanos));
    }
    end(each -> each.stored(ack));
  }

  void replied(Message reply) {
    if (metrics != null) {
      long nanos = nanos();
      metrics.tell(sink -> sink.replied(nanos));
    }
    end(each -> each.replied(reply));
  }

  void failed(Throwable failure) {
    if (metrics != null) {
      long nanos = nanos();
      switch (publication.kind()) {
        case MESSAGE -> {}
        case REQUEST -> metrics.tell(sink -> sink.requestFailed(failure, nanos));
        case STREAM -> metrics.tell(sink -> sink.publishFailed(failure, nanos));
      }
    }
    end(each -> each.failed(failure));
  }

  private long nanos() {
    return tookNanos == RUNNING ? clock.nanos() - beganNanos : tookNanos;
  }

  private void end(Consumer<Interceptor.Sending> call) {
    Guarded.tellBackwards(sendings, call);
  }
}
