// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ServerInfo;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of a client's connection: which server, connected or not, what is subscribed, what
 * waits. Owned by its loop; the volatile fields are for other threads to read.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>on</th><th>next</th></tr>
 * <tr><td>CONNECTING</td><td>a session is ready</td><td>CONNECTED</td></tr>
 * <tr><td>CONNECTING</td><td>every server failed once</td><td>CLOSED, or another round</td></tr>
 * <tr><td>CONNECTED</td><td>the session ended</td><td>RECONNECTING, or CLOSED</td></tr>
 * <tr><td>RECONNECTING</td><td>a session is ready</td><td>CONNECTED</td></tr>
 * <tr><td>any</td><td>drain</td><td>DRAINING</td></tr>
 * <tr><td>DRAINING</td><td>the session ended</td><td>CLOSED</td></tr>
 * <tr><td>any</td><td>close</td><td>CLOSED</td></tr>
 * </table>
 *
 * <p>In CONNECTING and RECONNECTING its {@link Connector} looks for a server.
 */
final class Connection implements Session.Owner, Connector.Owner {
  /** How long a stored message counts as stored a moment ago. */
  private static final long JUST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClientOptions options;
  private final ClientLoop loop;
  private final Lane<ClientEvent> events;
  private final Lane<Runnable> callbacks;
  private final Connector connector;
  private final Tls tls;
  private final WebSockets webSockets;
  private final Introducer introducer;
  private final Outbound outbound;
  private final Interests interests;
  private final Requests requests;
  private final Links links = new Links();
  private final Pings pings;
  private final CompletableFuture<Void> firstConnect = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final AtomicLong messagesIn = new AtomicLong();
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong reconnects = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong pullInboxes = new AtomicLong();
  private final Drainables drainables = new Drainables(this);
  private final FetchInboxes fetchInboxes = new FetchInboxes(this);
  private final HandlerThreads threads;
  private final @Nullable Observers observers;
  private final String inbox;
  private final RandomGenerator random;
  private volatile ClientState state = ClientState.CONNECTING;
  private volatile ServerInfo serverInfo = ServerInfo.builder().build();
  private volatile long maxPayload = Long.MAX_VALUE;
  private @Nullable Session session;
  private boolean everConnected;
  private boolean lameDuck;
  private boolean forced;
  private long lastStoredNanos;
  private boolean anythingStored;

  Connection(
      ClientOptions options,
      ClientLoop loop,
      HandlerThreads threads,
      Lane<ClientEvent> events,
      String inbox) {
    this.options = options;
    this.loop = loop;
    this.events = events;
    this.threads = threads;
    this.inbox = inbox;
    callbacks = new Lane<>(threads, Runnable::run);
    random = options.random();
    observers = Observers.of(options, this::emit);
    OffLoop offLoop = new OffLoop(loop, threads);
    connector = new Connector(options, loop, offLoop, random, this);
    tls = new Tls(options, loop, offLoop);
    webSockets = new WebSockets(options, loop, offLoop, random);
    introducer = new Introducer(options, offLoop);
    outbound = new Outbound(loop, options.bufferBytes(), options.whenBufferFull());
    pings = new Pings(loop, outbound, options);
    interests = new Interests(outbound);
    requests = new Requests(this, inbox);
  }

  // ---- for any thread

  ClientState state() {
    return state;
  }

  ServerInfo serverInfo() {
    return serverInfo;
  }

  ClientLoop loop() {
    return loop;
  }

  Outbound outbound() {
    return outbound;
  }

  Interests interests() {
    return interests;
  }

  Requests requests() {
    return requests;
  }

  /** Where futures are completed that the application may have chained code to. */
  Lane<Runnable> callbacks() {
    return callbacks;
  }

  /** Where handlers run. */
  HandlerThreads threads() {
    return threads;
  }

  /** Who watches the client; null for nobody. */
  @Nullable Observers observers() {
    return observers;
  }

  /** Who watches what comes from there; null for nobody. */
  @Nullable DeliveryWatch watch(Origin origin) {
    return observers == null ? null : observers.deliveries(origin);
  }

  /** What is to be drained before the client closes. */
  Drainables drainables() {
    return drainables;
  }

  /** Done when the first connection stands, or with why there is none. */
  CompletableFuture<Void> firstConnect() {
    return firstConnect;
  }

  /** Done when the connection is closed for good. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  ClientStats stats() {
    return new ClientStats(
        messagesIn.get(),
        bytesIn.get(),
        outbound.messagesOut(),
        outbound.bytesOut(),
        reconnects.get(),
        dropped.get(),
        outbound.dropped(),
        outbound.queuedBytes());
  }

  /** A subscription dropped a message. */
  void countDropped() {
    dropped.incrementAndGet();
  }

  /** A subject of its own for the pulls of one consumption or fetch; any thread. */
  String nextPullInbox() {
    return inbox + ".p" + pullInboxes.incrementAndGet();
  }

  /** Refuses what the server would not take. */
  void checkSize(long headersAndPayloadBytes) {
    if (headersAndPayloadBytes > maxPayload) {
      throw new PayloadTooLargeException(headersAndPayloadBytes, maxPayload);
    }
  }

  /** Sends a frame; waits while too much is queued. */
  void send(Frame frame) {
    if (state == ClientState.CLOSED) {
      throw new ConnectionClosedException();
    }
    outbound.reserve(frame, this);
    if (!loop.offer(frame)) {
      outbound.unreserve(frame);
      throw new ConnectionClosedException();
    }
  }

  /** Has the loop do something; refuses when it is closed. */
  void onLoop(Runnable command) {
    if (state == ClientState.CLOSED || !loop.offer(command)) {
      throw new ConnectionClosedException();
    }
  }

  void emit(ClientEvent event) {
    if (observers != null) {
      observers.event(event);
    }
    events.add(event);
  }

  // ---- on the loop

  /** The source of jitter. */
  RandomGenerator random() {
    return random;
  }

  FetchInboxes fetchInboxes() {
    return fetchInboxes;
  }

  /** A stream has acknowledged a message of this client. */
  void noteStored() {
    lastStoredNanos = loop.clock().nanos();
    anythingStored = true;
  }

  /** Whether a stream has acknowledged a message of this client a moment ago. */
  boolean hasJustStored(long now) {
    return anythingStored && now - lastStoredNanos < JUST_NANOS;
  }

  void addLink(Links.Listener link) {
    links.add(link, isUp());
  }

  void removeLink(Links.Listener link) {
    links.remove(link);
  }

  /** Whether messages can be sent now. */
  boolean isUp() {
    return session != null && session.isReady();
  }

  /** Has {@code listener} hear when the server has read all that was written up to now. */
  void ping(Session.PongListener listener) {
    outbound.write(
        new Frame(this, new byte[] {'P', 'I', 'N', 'G', '\r', '\n'}) {
          @Override
          void onWritten(Session to) {
            to.expectPong(listener);
          }

          @Override
          void onDropped(NatsException why) {
            listener.onPong(why);
          }
        });
  }

  /** Ends an interest once what the server had sent until it read of this has come. */
  void drain(Interest interest) {
    interests.unsubscribe(interest);
    if (isUp()) {
      ping(failure -> interests.forget(interest));
    } else {
      interests.forget(interest);
    }
  }

  void start() {
    if (options.retryInitialConnect()) {
      firstConnect.complete(null);
    }
    connector.begin();
  }

  /** Drops the present connection, if there is one, and connects again. */
  void forceReconnect() {
    if (session != null && isUp()) {
      forced = true;
      session.end(new ConnectionLostException("a new connection was asked for", null));
    }
  }

  void beginDrain() {
    if (state != ClientState.CLOSED) {
      state = ClientState.DRAINING;
    }
  }

  void close(NatsException reason) {
    if (state == ClientState.CLOSED) {
      return;
    }
    state = ClientState.CLOSED;
    connector.stop();
    pings.end();
    Session present = session;
    session = null;
    if (present != null) {
      present.end(reason);
    }
    links.close();
    requests.failAll(new ConnectionClosedException());
    interests.clear();
    outbound.close();
    emit(new ClientEvent.Closed());
    firstConnect.completeExceptionally(reason);
    closed.complete(null);
    loop.stop();
  }

  @Override
  public void onTransport(ServerAddress server, Transport transport) {
    session = new Session(loop, this, tls, webSockets, server, transport);
    session.start();
  }

  @Override
  public void onAttemptFailed(ServerAddress server, Throwable cause) {
    Session unready = session;
    session = null;
    if (unready != null) {
      unready.end(cause);
    }
    emit(new ClientEvent.AttemptFailed(server.toString(), cause));
  }

  @Override
  public void onGivenUp(ConnectFailedException failure) {
    close(failure);
  }

  @Override
  public void onGreeting(Session from, ServerInfo info) {
    onInfo(from, info);
    introducer.introduce(from, info.nonce());
  }

  @Override
  public void onInfo(Session from, ServerInfo info) {
    serverInfo = info;
    maxPayload = info.maxPayload() > 0 ? info.maxPayload() : Long.MAX_VALUE;
    if (!options.ignoreDiscovered() && options.transport() == null) {
      List<String> fresh = connector.discovered(info.connectUrls(), from.server());
      if (!fresh.isEmpty()) {
        emit(new ClientEvent.ServersDiscovered(fresh));
      }
    }
    if (info.lameDuckMode() && !lameDuck) {
      lameDuck = true;
      emit(new ClientEvent.LameDuck(from.server().toString()));
    }
  }

  @Override
  public void onReady(Session ready) {
    connector.found();
    lameDuck = false;
    if (state != ClientState.DRAINING) {
      state = ClientState.CONNECTED;
    }
    String server = ready.server().toString();
    if (everConnected) {
      reconnects.incrementAndGet();
    }
    emit(everConnected ? new ClientEvent.Reconnected(server) : new ClientEvent.Connected(server));
    everConnected = true;
    pings.begin(ready);
    outbound.openFor(ready, interests::resubscribe);
    links.up();
    firstConnect.complete(null);
  }

  @Override
  public void onBytesIn(int count) {
    bytesIn.lazySet(bytesIn.getPlain() + count);
  }

  @Override
  public void onMessage(MessageFrame frame) {
    messagesIn.lazySet(messagesIn.getPlain() + 1);
    interests.dispatch(frame);
  }

  @Override
  public void onServerError(Session from, String text) {
    emit(new ClientEvent.ServerError(text));
  }

  @Override
  public void onEnded(Session ended, Throwable cause) {
    if (ended != session) {
      return;
    }
    session = null;
    if (connector.isTrying()) {
      connector.failed(ended.server(), cause);
      return;
    }
    pings.end();
    outbound.suspend();
    boolean last = state == ClientState.DRAINING || !options.reconnect();
    if (!last) {
      state = ClientState.RECONNECTING;
    }
    emit(new ClientEvent.Disconnected(ended.server().toString(), cause));
    if (last) {
      close(new ConnectionClosedException("the connection was lost: " + cause.getMessage()));
      return;
    }
    links.down();
    boolean asked = forced;
    forced = false;
    connector.again(asked, lameDuck);
  }
}
