// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Backoff;
import dev.slipstream.base.EventLoop;
import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ClientState;
import dev.slipstream.client.NatsClient;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A named connection that heals itself: a client that reconnects, and another one in its place if
 * it cannot be made or gives up.
 *
 * <p>It counts as started once the first attempt to connect has ended, well or not, so that
 * children started after it find a connection if there is one, and a server that is down keeps
 * nobody from starting. Owner: the control loop; {@link #client} is for any thread.
 */
final class ConnectionProcess extends ChildProcess {
  private static final System.Logger LOG = System.getLogger(ConnectionProcess.class.getName());
  private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONGEST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

  private final ClientOptions options;
  private final EventLoop loop;
  private final WorkerWatch watch;
  private final Backoff backoff;
  private volatile @Nullable NatsClient client;
  private volatile boolean stopping;
  private EventLoop.@Nullable Timer retry;

  private ConnectionProcess(String id, ClientOptions options, Workers workers) {
    super(id);
    this.options = options;
    this.loop = workers.control();
    this.watch = workers.watch();
    this.backoff = new Backoff(FIRST_DELAY_NANOS, LONGEST_DELAY_NANOS, workers.random());
  }

  static ConnectionProcess begin(Workers workers, String id, ClientOptions options) {
    ConnectionProcess process = new ConnectionProcess(id, options, workers);
    process.loop.execute(process::dial);
    return process;
  }

  /** The present client, connected or not; null while there is none. */
  @Nullable NatsClient client() {
    return client;
  }

  @Override
  public WorkerStatus status() {
    if (stopped().isDone()) {
      return WorkerStatus.STOPPED;
    }
    if (stopping) {
      return WorkerStatus.STOPPING;
    }
    if (!started().isDone()) {
      return WorkerStatus.STARTING;
    }
    NatsClient present = client;
    return present != null && present.state() == ClientState.CONNECTED
        ? WorkerStatus.RUNNING
        : WorkerStatus.CONNECTING;
  }

  @Override
  public void stop() {
    end(DRAIN_LIMIT, new StopReason.Shutdown());
  }

  @Override
  public void kill() {
    end(Duration.ZERO, new StopReason.Killed());
    over(new StopReason.Killed());
  }

  private void end(Duration limit, StopReason reason) {
    loop.assertOwner();
    if (stopping) {
      return;
    }
    stopping = true;
    statusChanged();
    if (retry != null) {
      retry.cancel();
    }
    failStart(id(), reason);
    NatsClient present = client;
    if (present == null || present.state() == ClientState.CLOSED) {
      over(reason);
    } else {
      present.drain(limit).whenComplete((done, never) -> over(reason));
    }
  }

  private void dial() {
    retry = null;
    if (!stopping) {
      NatsClient.connectAsync(options)
          .whenComplete((made, failure) -> loop.offer(() -> onDialed(made, failure)));
    }
  }

  private void onDialed(@Nullable NatsClient made, @Nullable Throwable failure) {
    if (made == null) {
      LOG.log(System.Logger.Level.WARNING, "{0} does not connect: {1}", id(), failure);
      watch.attemptFailed(id(), Objects.requireNonNull(failure, "no client, so a failure"));
      dialLater();
    } else if (stopping) {
      made.drain(Duration.ZERO);
    } else {
      backoff.reset();
      client = made;
      statusChanged();
      made.onEvent(event -> onEvent(made, event));
      if (made.state() == ClientState.CLOSED) {
        onClosed(made);
      }
    }
    begun();
  }

  private void onEvent(NatsClient from, ClientEvent event) {
    statusChanged();
    if (event instanceof ClientEvent.Closed) {
      loop.offer(() -> onClosed(from));
    }
  }

  /** The client has ended although nobody stopped this: it was closed, or may not reconnect. */
  private void onClosed(NatsClient gone) {
    if (client == gone && !stopping) {
      client = null;
      dialLater();
    }
  }

  private void dialLater() {
    if (!stopping) {
      retry = loop.schedule(backoff.nextDelayNanos(), this::dial);
    }
  }
}
