// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ServerInfo;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client: one connection to one of several servers, made again when it is lost.
 *
 * <p>{@code try (NatsClient nc = NatsClient.connect()) { nc.publish("greet", bytes); }}
 *
 * <p>Thread-safe; share one among all threads. It has one thread for its connection, and runs
 * handlers on virtual threads if the JDK has them, otherwise on daemon threads of its own. What
 * blocks says so; interrupts surface as {@link RequestInterruptedException}.
 */
public final class NatsClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(NatsClient.class.getName());

  /** How long {@link #close} waits for its own thread. */
  private static final Duration THREAD_END = Duration.ofSeconds(2);

  private final ClientOptions options;
  private final ClientLoop loop;
  private final HandlerThreads threads;
  private final Lane<ClientEvent> events;
  private final CopyOnWriteArrayList<Consumer<? super ClientEvent>> listeners;
  private final Connection connection;

  private NatsClient(ClientOptions options) {
    this.options = options;
    String label = "slipstream-" + (options.name().isEmpty() ? "client" : options.name());
    listeners = new CopyOnWriteArrayList<>(options.listeners());
    loop = options.loops().make(label, options.clock());
    threads = HandlerThreads.of(label + "-handler-", options.executor());
    events = new Lane<>(threads, this::tell);
    connection = new Connection(options, loop, threads, events, newInbox());
  }

  /**
   * Connects to one of {@code urls}, each {@code [nats://][user:password@]host[:port]} or a comma
   * list; to {@value ClientOptions#DEFAULT_URL} when there is none.
   *
   * @throws ConnectFailedException when none can be reached
   */
  public static NatsClient connect(String... urls) {
    return connect(ClientOptions.of(urls));
  }

  /**
   * Connects as the options say.
   *
   * @throws ConnectFailedException when no server can be reached
   */
  public static NatsClient connect(ClientOptions options) {
    return Await.value(connectAsync(options), "connecting");
  }

  /** As {@link #connect(ClientOptions)}, without waiting. */
  public static CompletableFuture<NatsClient> connectAsync(ClientOptions options) {
    NatsClient client = new NatsClient(options);
    CompletableFuture<NatsClient> connected = new CompletableFuture<>();
    client
        .connection
        .firstConnect()
        .whenComplete((done, failure) -> client.firstConnect(connected, failure));
    Observers observers = client.connection.observers();
    if (observers != null) {
      observers.opened(client);
    }
    client.loop.start();
    client.loop.execute(client.connection::start);
    return connected;
  }

  private void firstConnect(CompletableFuture<NatsClient> connected, @Nullable Throwable failure) {
    connection
        .callbacks()
        .add(
            () -> {
              if (failure == null) {
                connected.complete(this);
              } else {
                connected.completeExceptionally(failure);
                threads.beginShutdown();
              }
            });
  }

  /** Publishes; returns when the message is queued. A null payload is an empty one. */
  public void publish(String subject, byte @Nullable [] payload) {
    publish(subject, null, Headers.empty(), payload);
  }

  /** Publishes with headers. */
  public void publish(String subject, Headers headers, byte @Nullable [] payload) {
    publish(subject, null, headers, payload);
  }

  /** Publishes with whatever the message has. */
  public void publish(Outgoing message) {
    publish(message.subject(), message.reply(), message.headers(), message.payload());
  }

  /**
   * Answers a request.
   *
   * @throws IllegalArgumentException when the message has no reply subject
   */
  public void respond(Message request, byte @Nullable [] payload) {
    String reply = request.reply();
    if (reply == null) {
      throw new IllegalArgumentException("nobody waits for an answer to " + request);
    }
    publish(reply, payload);
  }

  private void publish(
      String subject, @Nullable String reply, Headers headers, byte @Nullable [] payload) {
    Subjects.checkPublish(subject);
    if (reply != null) {
      Subjects.checkPublish(reply);
    }
    byte[] body = payload == null ? OutputBuffer.NO_BYTES : payload;
    Observers observers = connection.observers();
    if (observers == null) {
      send(subject, reply, headers.toBytes(), body);
      return;
    }
    SendWatch watch = observers.publishing(Publication.Kind.MESSAGE, subject, reply, headers, body);
    watch.during(() -> send(subject, reply, watch.headers(), body));
    watch.sent();
  }

  private void send(String subject, @Nullable String reply, byte[] headers, byte[] payload) {
    connection.checkSize((long) headers.length + payload.length);
    connection.send(new Frame(connection, Frame.publish(subject, reply, headers, payload)));
  }

  /**
   * Asks and waits for the first answer, as long as the options allow.
   *
   * @throws NoRespondersException when nobody listens
   * @throws RequestTimeoutException when no answer comes
   */
  public Message request(String subject, byte @Nullable [] payload) {
    return request(Outgoing.to(subject).payload(payload), options.requestTimeout());
  }

  /** As {@link #request(String, byte[])} with another time-out. */
  public Message request(String subject, byte @Nullable [] payload, Duration timeout) {
    return request(Outgoing.to(subject).payload(payload), timeout);
  }

  /** As {@link #request(String, byte[])} with headers and another time-out. */
  public Message request(Outgoing message, Duration timeout) {
    checkRequest(message);
    Observers observers = connection.observers();
    if (observers == null) {
      return ask(message, message.headers().toBytes(), timeout);
    }
    SendWatch watch = watched(observers, message);
    Message reply = watch.during(() -> ask(message, watch.headers(), timeout));
    watch.replied(reply);
    return reply;
  }

  private Message ask(Outgoing message, byte[] headers, Duration timeout) {
    FutureCall call = new FutureCall(message.subject(), timeout, null);
    send(call, headers, message.payload());
    return Await.value(call.future(), "a request to " + message.subject());
  }

  /** As {@link #request(Outgoing, Duration)}; the future is completed off the client's loop. */
  public CompletableFuture<Message> requestAsync(Outgoing message, Duration timeout) {
    checkRequest(message);
    Observers observers = connection.observers();
    if (observers == null) {
      FutureCall call = new FutureCall(message.subject(), timeout, connection.callbacks());
      send(call, message.headers().toBytes(), message.payload());
      return call.future();
    }
    SendWatch watch = watched(observers, message);
    FutureCall call = new ObservedCall(message.subject(), timeout, connection.callbacks(), watch);
    watch.during(() -> send(call, watch.headers(), message.payload()));
    return call.future();
  }

  /** As {@link #requestAsync(Outgoing, Duration)} with the options' time-out. */
  public CompletableFuture<Message> requestAsync(String subject, byte @Nullable [] payload) {
    return requestAsync(Outgoing.to(subject).payload(payload), options.requestTimeout());
  }

  /**
   * Asks and takes many answers, until one of the {@code rules} ends that. Returns when the request
   * is queued.
   *
   * <p>The result fails with {@link NoRespondersException} when nobody listens.
   */
  public Replies requestMany(String subject, byte @Nullable [] payload, RequestMany rules) {
    return requestMany(Outgoing.to(subject).payload(payload), rules);
  }

  /** As {@link #requestMany(String, byte[], RequestMany)} with headers. */
  public Replies requestMany(Outgoing message, RequestMany rules) {
    checkRequest(message);
    Observers observers = connection.observers();
    if (observers == null) {
      return ask(message, message.headers().toBytes(), rules, null);
    }
    SendWatch watch = observers.asking(message);
    return watch.during(() -> ask(message, watch.headers(), rules, watch));
  }

  private Replies ask(
      Outgoing message, byte[] headers, RequestMany rules, @Nullable SendWatch watch) {
    connection.checkSize((long) headers.length + message.payload().length);
    Replies replies = new Replies(connection, message.subject(), newInbox(), rules, watch);
    connection.send(replies.frame(headers, message.payload()));
    return replies;
  }

  private static SendWatch watched(Observers observers, Outgoing request) {
    return observers.publishing(
        Publication.Kind.REQUEST, request.subject(), null, request.headers(), request.payload());
  }

  private void send(FutureCall call, byte[] headers, byte[] payload) {
    connection.checkSize((long) headers.length + payload.length);
    connection.send(connection.requests().frame(call, headers, payload));
  }

  private static void checkRequest(Outgoing message) {
    Subjects.checkPublish(message.subject());
    if (message.reply() != null) {
      throw new IllegalArgumentException("a request has a reply subject of its own");
    }
  }

  /** Hears a subject; the handler is called for one message at a time. */
  public Subscription subscribe(String subject, MessageHandler<? super Message> handler) {
    return subscribe(SubscribeOptions.to(subject), handler);
  }

  /** Hears a subject as a member of a queue group. */
  public Subscription subscribe(
      String subject, String queue, MessageHandler<? super Message> handler) {
    return subscribe(SubscribeOptions.to(subject).inQueue(queue), handler);
  }

  /** Hears a subject as the options say. */
  public Subscription subscribe(
      SubscribeOptions subscribe, MessageHandler<? super Message> handler) {
    Subscription subscription = new Subscription(connection, subscribe, handler);
    subscription.start();
    connection.drainables().add(subscription::drain, subscription.ended());
    return subscription;
  }

  /** Hears a subject; messages wait until they are polled. */
  public SyncSubscription subscribeSync(String subject) {
    return subscribeSync(SubscribeOptions.to(subject));
  }

  /** Hears a subject as the options say; messages wait until they are polled. */
  public SyncSubscription subscribeSync(SubscribeOptions subscribe) {
    SyncSubscription subscription = new SyncSubscription(connection, subscribe);
    subscription.start();
    return subscription;
  }

  /** Streams of the account, with default options. */
  public JetStream jetStream() {
    return jetStream(JetStreamOptions.defaults());
  }

  /** Streams, reached as the options say. */
  public JetStream jetStream(JetStreamOptions jetStream) {
    return new JetStream(connection, jetStream);
  }

  /** A subject that nobody else uses, below this client's inbox prefix. */
  public String newInbox() {
    return options.inboxPrefix() + options.tokens().get();
  }

  /** The source of time of this client, as the options gave it. */
  public Clock clock() {
    return options.clock();
  }

  /** What the connection is doing. */
  public ClientState state() {
    return connection.state();
  }

  /** What the present or last server said of itself; all empty before the first. */
  public ServerInfo server() {
    return connection.serverInfo();
  }

  /** Counts since the client was made. */
  public ClientStats stats() {
    return connection.stats();
  }

  /** Has {@code listener} hear events, one at a time; closing the result ends that. */
  public ClientEvent.Registration onEvent(Consumer<? super ClientEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Waits until the server has read all that was published before.
   *
   * @throws RequestTimeoutException when that takes longer than {@code limit}
   */
  public void flush(Duration limit) {
    if (!Await.done(roundTrip(), limit, "flushing")) {
      throw new RequestTimeoutException("PING", limit, state());
    }
  }

  /** Measures the time to the server and back, behind all that was published before. */
  public Duration rtt() {
    long began = options.clock().nanos();
    flush(options.requestTimeout());
    return Duration.ofNanos(options.clock().nanos() - began);
  }

  private CompletableFuture<Void> roundTrip() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.onLoop(
        () ->
            connection.ping(
                failure -> {
                  if (failure == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(failure);
                  }
                }));
    return done;
  }

  /** Drops the present connection and connects again, at once. */
  public void forceReconnect() {
    connection.onLoop(connection::forceReconnect);
  }

  /**
   * Ends all subscriptions and consumptions, lets handlers finish what has come, waits for the
   * answers to published messages, and closes.
   *
   * @return done when the client is closed; at the limit it closes with what is left undone
   */
  public CompletableFuture<Void> drain(Duration limit) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    connection
        .closed()
        .thenRun(
            () -> {
              connection.callbacks().add(() -> closed.complete(null));
              threads.beginShutdown();
            });
    if (state() != ClientState.CLOSED) {
      connection.drainables().drainAndClose(limit);
    }
    return closed;
  }

  /**
   * Drains within the options' close time-out and closes. When it returns, no thread and no socket
   * of this client is left, unless a handler runs on that ignores its interrupt.
   *
   * <p>Called by a handler of this client, it closes without waiting for that handler.
   */
  @Override
  public void close() {
    if (threads.isHere()) {
      loop.offer(() -> connection.close(new ConnectionClosedException()));
      threads.beginShutdown();
      return;
    }
    drain(options.closeTimeout());
    Duration limit = options.closeTimeout().plus(THREAD_END);
    Await.done(connection.closed(), limit, "closing");
    loop.awaitEnd(THREAD_END);
    threads.shutdown(THREAD_END);
  }

  private void tell(ClientEvent event) {
    for (Consumer<? super ClientEvent> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener of events failed", e);
      }
    }
  }
}
