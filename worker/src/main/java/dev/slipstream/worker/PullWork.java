// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.EventLoop;
import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.ClientState;
import dev.slipstream.client.Closed;
import dev.slipstream.client.ConnectionLostException;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a pull worker does after its {@code init}.
 *
 * <pre>
 *   CONNECTING  connection and consumer are there -> handleConnected, RUNNING
 *               they are not                      -> again after a wait, or as soon as the
 *                                                    connection stands; after the last retry
 *                                                    leave (timeout)
 *   RUNNING     connection lost                   -> CONNECTING once the handler has returned,
 *                                                    retries counted anew
 *               the server ended it               -> CONNECTING, an attempt that failed
 *               the handler threw                 -> leave (failed)
 *   any         leave                             -> STOPPING until the handler has returned, then
 *                                                    terminate, STOPPED
 * </pre>
 *
 * <p>Owner: the mailbox of its life, except that the state is the feed's handler's while a feed is
 * open. {@link #kill} and {@link #runsHere} are for any thread.
 */
final class PullWork<S> {
  private static final System.Logger LOG = System.getLogger(PullWork.class.getName());

  /** How long the server may take to say whether the consumer is there. */
  private static final Duration LOOK_UP_LIMIT = Duration.ofSeconds(2);

  private final PullProcess<?, S> process;
  private final PullWorker<?, S> worker;
  private final WorkerOptions options;
  private final Names names;
  private final WorkerWatch watch;
  private final HandlingWatch handling;
  private final SerialLoop mailbox;
  private final JetStreamOptions jetStream;
  private S state;
  private int attempts;
  private EventLoop.@Nullable Timer retry;
  private @Nullable StopReason leaving;
  private volatile @Nullable Feed feed;
  private volatile @Nullable Attachment attachment;

  PullWork(
      PullProcess<?, S> process,
      PullWorker<?, S> worker,
      S state,
      WorkerOptions options,
      Names names,
      WorkerWatch watch,
      SerialLoop mailbox) {
    this.process = process;
    this.worker = worker;
    this.state = state;
    this.options = options;
    this.names = names;
    this.watch = watch;
    this.handling = watch.handling(process.id());
    this.mailbox = mailbox;
    JetStreamOptions usual = JetStreamOptions.defaults().timeout(LOOK_UP_LIMIT);
    this.jetStream = options.domain().isEmpty() ? usual : usual.domain(options.domain());
  }

  /**
   * Runs a command in the mailbox; one that fails ends the life, as everything else that throws.
   */
  private void post(Runnable command) {
    mailbox.offer(() -> guard(command));
  }

  private void guard(Runnable command) {
    try {
      command.run();
    } catch (RuntimeException | Error failure) {
      leave(new StopReason.Failed(failure));
    }
  }

  /** Begins. */
  void begin() {
    guard(this::connect);
  }

  /** Looks for connection and consumer. */
  private void connect() {
    retry = null;
    if (leaving != null || process.isKilled()) {
      return;
    }
    attempts++;
    try {
      PullConsumer consumer = lookUp();
      ConsumerInfo known = consumer.cachedInfo();
      ConsumerInfo info = known == null ? consumer.info() : known;
      post(() -> onFound(consumer, info));
    } catch (NatsException notThere) {
      onAttemptFailed(notThere);
    }
  }

  private void onFound(PullConsumer consumer, ConsumerInfo info) {
    if (leaving != null || process.isKilled()) {
      return;
    }
    try {
      state = worker.handleConnected(info, state);
    } catch (Exception | LinkageError | AssertionError failure) {
      leave(new StopReason.Failed(failure));
      return;
    }
    open(consumer);
  }

  private PullConsumer lookUp() {
    NatsClient client = client();
    if (client == null) {
      throw new ConnectionLostException(
          "there is no connection of the name '" + options.connectionName() + "'", null);
    }
    attach(client);
    if (client.state() != ClientState.CONNECTED) {
      throw new ConnectionLostException("the connection is " + client.state(), null);
    }
    String prefix = options.inboxPrefix();
    if (!client.newInbox().startsWith(prefix)) {
      throw new IllegalStateException(
          "the connection's inboxes do not begin with '"
              + prefix
              + "'; its options say how they do");
    }
    return client.jetStream(jetStream).consumer(options.stream(), options.consumer());
  }

  private @Nullable NatsClient client() {
    if (options.client() != null) {
      return options.client();
    }
    return names.client(options.connectionName());
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
      post(this::onDisconnected);
    } else if (event instanceof ClientEvent.Connected || event instanceof ClientEvent.Reconnected) {
      post(this::onConnectionStands);
    }
  }

  private void onDisconnected() {
    Feed present = feed;
    if (present != null && !present.isClosing()) {
      attempts = 0;
      process.show(WorkerStatus.CONNECTING);
      present.close();
    }
  }

  private void onConnectionStands() {
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
        mailbox.schedule(
            TimeUnit.NANOSECONDS.convert(options.connectionRetryTimeout()),
            () -> guard(this::connect));
  }

  private void open(PullConsumer consumer) {
    Feed fresh = new Feed(this::handle);
    feed = fresh;
    process.show(WorkerStatus.RUNNING);
    fresh.closed().thenAccept(why -> post(() -> onClosed(fresh, why)));
    fresh.open(consumer);
    if (process.isKilled()) {
      fresh.close();
    }
    Attachment present = attachment;
    if (present != null && present.client().state() != ClientState.CONNECTED) {
      onDisconnected(); // it may have been told before there was a feed
    }
  }

  /** The handler has returned for the last time: the state is the mailbox's again. */
  private void onClosed(Feed ended, Closed why) {
    if (feed != ended || process.isKilled()) {
      return;
    }
    feed = null;
    if (leaving != null) {
      terminate(leaving);
    } else if (ended.isClosing()) {
      connect();
    } else {
      if (ended.hasHandled()) {
        attempts = 0;
      }
      onAttemptFailed(new JetStreamException("the consumption ended: " + why));
    }
  }

  /** Handles a message; by the feed. */
  private boolean handle(JsMessage message) {
    long began = handling.begins();
    try {
      Reply<S> reply = worker.handleMessage(message, state);
      if (process.isKilled()) {
        return false;
      }
      state = reply.state();
      settle(message, reply);
      handling.handled(reply.action(), began);
      return !process.isStopAsked();
    } catch (Exception | LinkageError | AssertionError failure) {
      if (!process.isKilled()) {
        handling.failed(failure, began);
      }
      post(() -> leave(new StopReason.Failed(failure)));
      return false;
    }
  }

  private void settle(JsMessage message, Reply<S> reply) {
    boolean settled =
        switch (reply.action()) {
          case ACK -> message.ack();
          case NACK -> reply.delay() == null ? message.nak() : message.nak(reply.delay());
          case TERM -> reply.reason() == null ? message.term() : message.term(reply.reason());
          case NONE -> true;
        };
    if (!settled) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "{0}: a message is {1}, {2} was not sent",
          process,
          message.ackState(),
          reply.action());
    }
  }

  /** Ends the life once the handler has returned. */
  void leave(StopReason reason) {
    if (leaving != null || process.isKilled()) {
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
    try {
      worker.terminate(reason, state);
    } catch (Exception | LinkageError | AssertionError failure) {
      LOG.log(System.Logger.Level.ERROR, process + " failed to terminate", failure);
    }
    process.finish(reason);
  }

  /** Lets go of everything at once. */
  void kill() {
    detach();
    Feed present = feed;
    if (present != null) {
      present.close();
      present.interrupt();
    }
  }

  /** Whether the handler of messages is what calls. */
  boolean runsHere() {
    Feed present = feed;
    return present != null && present.isHere();
  }
}
