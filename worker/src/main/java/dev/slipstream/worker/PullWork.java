// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.GuardedMailbox;
import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.ClientState;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.Subscription;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a pull worker does after its {@code init}.
 *
 * <pre>
 *   CONNECTING  connection and consumer are there -> handleConnected, RUNNING
 *               they are not                      -> again after a wait, or as soon as the
 *                                                    connection stands; after the last retry
 *                                                    leave (timeout)
 *   RUNNING     connection lost                   -> CONNECTING once the handlers have returned,
 *                                                    retries counted anew
 *               the server ended it               -> CONNECTING, an attempt that failed
 *               a handler threw                   -> leave (failed)
 *   any         leave                             -> STOPPING until the handlers have returned,
 *                                                    then terminate, STOPPED
 * </pre>
 *
 * <p>Owner: the mailbox of its life, where messages are handled too, unless several are at a time.
 * {@link #kill} and {@link #close} are for any thread.
 */
final class PullWork<S> {
  private static final System.Logger LOG = System.getLogger(PullWork.class.getName());

  private final PullProcess<?, S> process;
  private final WorkerOptions options;
  private final Finder finder;
  private final Progress progress;
  private final Hands<S> hands;
  private final WorkerWatch watch;
  private final GuardedMailbox mailbox;
  private final Pulling pulling;
  private final Workers workers;
  private int attempts;
  private EventLoop.@Nullable Timer retry;
  private boolean lookingUp;

  /** The connection came back while the look-up was under way that it may have cost its answer. */
  private boolean cameBack;

  private @Nullable StopReason leaving;
  private volatile @Nullable Subscription givenUp;
  private volatile @Nullable Feed feed;
  private volatile @Nullable Attachment attachment;

  PullWork(
      PullProcess<?, S> process,
      PullWorker<?, S> worker,
      Init.Ok<S> init,
      Workers workers,
      SerialLoop loop) {
    this.process = process;
    this.options = init.options();
    this.finder = new Finder(options, workers.registry());
    this.watch = workers.watch();
    this.mailbox =
        new GuardedMailbox(loop, failure -> leave(new StopReason.Failed(failure)), () -> {});
    this.progress =
        new Progress(options.parallelism() == 1 && options.values().createConsumer != null);
    this.hands =
        new Hands<>(
            process,
            worker,
            init.state(),
            options.parallelism(),
            progress,
            watch.handling(process.id()),
            this::onHandlerFailed);
    this.workers = workers;
    this.pulling =
        new Pulling(
            options.values(),
            options.parallelism() == 1 ? loop.asExecutor() : workers.callbacks(),
            hands::onStatus);
  }

  private boolean isOver() {
    return leaving != null || process.isKilled();
  }

  /** Begins. */
  void begin() {
    mailbox.post(this::connect);
  }

  /** Looks for connection and consumer. */
  private void connect() {
    retry = null;
    if (isOver() || lookingUp) {
      return;
    }
    attempts++;
    try {
      NatsClient client = finder.client();
      attach(client);
      finder.refuseUnconnected(client);
      MessageSource source = options.values().source;
      if (source != null) {
        open(client, source);
        return;
      }
      lookingUp = true;
      finder
          .consumer(client)
          .whenComplete((found, failure) -> mailbox.post(() -> onLookedUp(client, found, failure)));
    } catch (NatsException notThere) {
      onAttemptFailed(notThere);
    }
  }

  private void onLookedUp(
      NatsClient client, @Nullable PullConsumer found, @Nullable Throwable failure) {
    lookingUp = false;
    if (isOver()) {
      return;
    }
    Throwable missing = failure instanceof CompletionException ? failure.getCause() : failure;
    try {
      if (found != null) {
        onFound(client, found);
      } else if (missing != null && finder.makes(missing)) {
        onFound(client, finder.make(client, progress.through()));
      } else if (missing instanceof NatsException notThere) {
        onAttemptFailed(notThere);
      } else {
        leave(new StopReason.Failed(Objects.requireNonNull(missing)));
      }
    } catch (NatsException notMade) {
      onAttemptFailed(notMade);
    }
  }

  private void onFound(NatsClient client, PullConsumer consumer) {
    cameBack = false;
    try {
      introduce(client, consumer);
    } catch (Exception | LinkageError | AssertionError failure) {
      leave(new StopReason.Failed(failure));
      return;
    }
    if (!isOver()) {
      open(consumer);
    }
  }

  /** Tells the worker of a consumer, and listens for what the server gives up of it. */
  private void introduce(NatsClient client, PullConsumer consumer) throws Exception {
    ConsumerInfo known = consumer.cachedInfo();
    ConsumerInfo info = known == null ? consumer.info() : known;
    DeadLetterBox box = finder.deadLetters(client, info);
    hands.connected(info, box);
    stopListening();
    if (box != null) {
      givenUp = box.listen();
      if (process.isKilled()) {
        stopListening();
      }
    }
  }

  private void attach(NatsClient client) {
    Attachment present = attachment;
    if (present != null && present.client() == client) {
      return;
    }
    detach();
    attachment = new Attachment(client, this::onEvent);
    if (process.isKilled()) {
      detach();
    }
  }

  private void detach() {
    Attachment present = attachment;
    attachment = null;
    if (present != null) {
      present.detach();
    }
  }

  private void onEvent(ClientEvent event) {
    if (event instanceof ClientEvent.Disconnected || event instanceof ClientEvent.Closed) {
      Feed present = feed;
      if (present != null) {
        onDisconnected(present);
      }
    } else if (event instanceof ClientEvent.Connected || event instanceof ClientEvent.Reconnected) {
      mailbox.post(this::onConnectionStands);
    }
  }

  /** What a feed has not handed over yet is not handled any more; any thread. */
  private void onDisconnected(Feed present) {
    if (present.isClosing()) {
      return;
    }
    process.show(WorkerStatus.CONNECTING);
    if (options.values().source == null) { // which goes on by itself
      mailbox.post(() -> attempts = 0);
      present.close();
    }
  }

  private void onConnectionStands() {
    if (feed != null) {
      process.show(WorkerStatus.RUNNING);
    }
    cameBack = lookingUp;
    if (retry != null) {
      retry.cancel();
      connect();
    }
  }

  private void onAttemptFailed(Exception why) {
    watch.attemptFailed(process.id(), why);
    if (attempts > options.connectionRetries()) {
      LOG.log(
          System.Logger.Level.ERROR,
          "{0} stops after {1} attempts to find its consumer: {2}",
          process,
          attempts,
          why.getMessage());
      leave(new StopReason.Timeout(attempts, why));
      return;
    }
    LOG.log(
        System.Logger.Level.DEBUG, "{0}, attempt {1}: {2}", process, attempts, why.getMessage());
    process.show(WorkerStatus.CONNECTING);
    retry =
        mailbox.later(
            TimeUnit.NANOSECONDS.convert(options.connectionRetryTimeout()), this::connect);
    if (cameBack) {
      onConnectionStands();
    }
  }

  private void open(PullConsumer consumer) {
    open(fresh -> fresh.open(consumer, pulling.byItself()));
    Attachment present = attachment;
    Feed opened = feed;
    if (opened != null && present != null && present.client().state() != ClientState.CONNECTED) {
      onDisconnected(opened); // it may have been told before there was a feed
    }
  }

  private void open(NatsClient client, MessageSource source) {
    open(
        fresh ->
            fresh.open(
                () ->
                    source.begin(
                        finder.jetStream(client),
                        workers,
                        (consumer, builder) -> consume(fresh, client, consumer, builder))));
  }

  /** Begins a consumption that a source has found; on a thread of the source. */
  private Consumption consume(
      Feed from, NatsClient client, PullConsumer consumer, ConsumeOptions.Builder builder) {
    try {
      introduce(client, consumer);
    } catch (Exception | LinkageError | AssertionError failure) {
      onHandlerFailed(failure);
      throw new IllegalStateException("handleConnected failed", failure);
    }
    return from.consume(consumer, pulling.of(builder));
  }

  private void open(Consumer<Feed> opening) {
    Feed fresh = new Feed(hands::handle);
    feed = fresh;
    process.show(WorkerStatus.RUNNING);
    fresh.closed().thenAccept(why -> mailbox.post(() -> onClosed(fresh, why)));
    try {
      opening.accept(fresh);
    } catch (NatsException notBegun) {
      feed = null; // or its end would count as another failure, and be retried beside this one
      stopListening();
      throw notBegun;
    }
    if (process.isKilled()) {
      fresh.close();
    }
  }

  /** The handlers have returned for the last time. */
  private void onClosed(Feed ended, Object why) {
    if (feed != ended || process.isKilled()) {
      return;
    }
    feed = null;
    stopListening();
    if (leaving != null) {
      terminate(leaving);
    } else if (ended.isClosing()) {
      connect();
    } else {
      if (ended.hasHandled()) {
        attempts = 0;
      }
      onAttemptFailed(
          why instanceof NatsException failure
              ? failure
              : new JetStreamException("the consumption ended: " + why));
    }
  }

  private void onHandlerFailed(Throwable failure) {
    mailbox.post(() -> leave(new StopReason.Failed(failure)));
    close();
  }

  /** Ends the life once the handlers have returned. */
  void leave(StopReason reason) {
    if (isOver()) {
      return;
    }
    leaving = reason;
    if (reason instanceof StopReason.Failed failed) {
      LOG.log(System.Logger.Level.ERROR, process + " fails", failed.cause());
    }
    process.show(WorkerStatus.STOPPING);
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
    Feed present = feed;
    if (present == null) {
      terminate(reason);
    } else {
      present.close();
    }
  }

  private void terminate(StopReason reason) {
    detach();
    hands.terminate(reason);
    process.finish(reason);
  }

  /** Has no message handled behind those at hand. */
  void close() {
    Feed present = feed;
    if (present != null) {
      present.close();
    }
  }

  /** Lets go of everything at once. */
  void kill() {
    detach();
    close();
    hands.interrupt();
    stopListening();
  }

  private void stopListening() {
    Subscription listening = givenUp;
    givenUp = null;
    if (listening != null) {
      listening.close();
    }
  }
}
