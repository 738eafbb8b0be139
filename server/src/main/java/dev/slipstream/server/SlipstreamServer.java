// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.store.StoreStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server in this process; the {@code slipstream} command is the same with a configuration
 * file.
 *
 * <pre>{@code
 * try (SlipstreamServer server = SlipstreamServer.builder().start()) {
 *   connect(server.url());
 * }
 * }</pre>
 *
 * <p>Thread-safe, but not to be called from its own loops. {@link #close} ends it cleanly: no new
 * clients, what is acknowledged is stored, what was written goes out. Its threads are daemons.
 */
public final class SlipstreamServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");

  /** The version of the public server whose behaviour clients may expect; it stands in INFO. */
  public static final String COMPATIBLE_VERSION = "2.15.2";

  private static final AtomicInteger STARTED = new AtomicInteger();
  private static final long CLIENTS_LEAVE_MILLIS = 1_000;

  private final ServerConfig config;
  private final NettyTransport transport;
  private final ServerLoops loops;
  private final Accounts accounts;
  private final ServerContext context;
  private final Figures figures;
  private final ExecutorService passwordChecks;
  private final ExecutorService readers;
  private final @Nullable JetStreamService jetStream;
  private final @Nullable TemporaryStore temporaryStore;
  private volatile @Nullable ClientListener listener;
  private final AtomicBoolean lameDuck = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closes = new CountDownLatch(1);
  private final AtomicBoolean jetStreamStops = new AtomicBoolean();
  private final CountDownLatch jetStreamStopped = new CountDownLatch(1);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  SlipstreamServer(
      SlipstreamServerBuilder builder,
      ServerConfig config,
      JetStreamService.@Nullable Factory factory,
      @Nullable TemporaryStore store) {
    this.config = config;
    this.temporaryStore = store;
    String threads = "slipstream-" + STARTED.incrementAndGet();
    SplittableRandom random =
        new SplittableRandom(System.nanoTime() ^ ProcessHandle.current().pid());
    transport = new NettyTransport(builder.loopCount, threads + "-loop", builder.nativeTransport);
    List<RandomGenerator> randoms = new ArrayList<>();
    transport.loops().forEach(loop -> randoms.add(random.split()));
    loops = new ServerLoops(ServerLoop.of(transport.loops(), randoms));
    accounts = new Accounts(config, loops.all());
    passwordChecks = Threads.bounded(threads + "-password", 2, 1024);
    readers = Threads.cached(threads + "-client");
    Authenticator authenticator =
        new Authenticator(config.authorization(), accounts, config.noAuthUser());
    ServerIdentity identity = ServerIdentity.of(config, factory != null, random);
    context = new ServerContext(identity, config, authenticator, passwordChecks);
    figures = new Figures(context, loops, accounts);
    jetStream = factory == null ? null : factory.create(config, identity);
  }

  /**
   * A server with nothing set: on 127.0.0.1, on a port of the system's choice, without JetStream.
   */
  public static SlipstreamServerBuilder builder() {
    return new SlipstreamServerBuilder();
  }

  /**
   * Starts a server by a configuration.
   *
   * @throws ServerStartException when it cannot start, with one line for the user
   */
  public static SlipstreamServer start(ServerConfig config) {
    return builder().config(config).start();
  }

  void begin(
      boolean listens, @Nullable ListeningSocket early, Consumer<SlipstreamServer> beforeReady) {
    ServerIdentity identity = context.identity();
    LOG.info("Starting slipstream {}", identity.ownVersion());
    LOG.info("  Version:  {}", identity.version());
    LOG.info("  Git:      [{}]", identity.ownVersion());
    LOG.info("  Name:     {}", identity.name());
    LOG.info("  ID:       {}", identity.id());
    if (config.configFile() != null) {
      LOG.info("Using configuration file: {} ({})", config.configFile(), config.configDigest());
    }
    ClientListener bound =
        listens ? ClientListener.bind(transport, loops.all(), context, config, early) : null;
    listener = bound;
    if (bound != null) {
      context.identity(advertised(identity, bound.port()));
    }
    offerServices();
    if (jetStream != null) {
      List<EventLoop> eventLoops = loops.all().stream().map(ServerLoop::loop).toList();
      Map<String, MessageBus> buses = new LinkedHashMap<>();
      accounts.all().forEach(account -> buses.put(account.name(), account.router()));
      jetStream.start(eventLoops, buses);
    }
    beforeReady.accept(this);
    if (bound != null) {
      bound.accept();
      LOG.info("Listening for client connections on {}:{}", config.host(), bound.port());
    }
    LOG.info("Server is ready");
  }

  /** What clients are told, which may be a way around something that stands between. */
  private ServerIdentity advertised(ServerIdentity identity, int boundPort) {
    String advertise = config.clientAdvertise();
    if (advertise == null) {
      return identity.at(config.host(), boundPort);
    }
    HostAndPort told = HostAndPort.parse(advertise, boundPort);
    return identity.at(told.host(), told.port());
  }

  private void offerServices() {
    UserInfoService userInfo = new UserInfoService(context, Clock.system());
    ServerLoop first = loops.all().get(0);
    CountDownLatch inPlace = new CountDownLatch(accounts.all().size() + accounts.crossings());
    Runnable onLoop =
        () -> {
          accounts.open(first, inPlace::countDown);
          for (Account account : accounts.all()) {
            account
                .router()
                .listen(
                    first,
                    UserInfoService.SUBJECT,
                    (from, message) -> userInfo.answer(account, from, message),
                    inPlace::countDown);
          }
        };
    first.loop().execute(onLoop);
    ServerLoops.await(inPlace);
  }

  /** Where clients connect, as a URL; for a server on all addresses the loopback one. */
  public String url() {
    String host = host();
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    String reachable = all ? "127.0.0.1" : host;
    return "nats://"
        + (reachable.indexOf(':') >= 0 ? "[" + reachable + "]" : reachable)
        + ":"
        + port();
  }

  /** The address it listens on, as configured. */
  public String host() {
    return config.host();
  }

  /** The port it listens on; 0 for a server without one. */
  public int port() {
    ClientListener listening = listener;
    return listening == null ? 0 : listening.port();
  }

  /**
   * How many message ids were forgotten before their duplicate window ended, for want of room: a
   * message that is published again with one of them is taken again.
   */
  public long forgottenMessageIds() {
    JetStreamService service = jetStream;
    return service == null ? 0 : service.forgottenMessageIds();
  }

  /** Figures of the store since the start; empty without JetStream. Any thread. */
  public Optional<StoreStats> storeStats() {
    JetStreamService service = jetStream;
    return service == null ? Optional.empty() : Optional.ofNullable(service.storeStats());
  }

  /** What it has done since the start. Waits for its loops. */
  public ServerFigures figures() {
    return figures.server();
  }

  /** The clients that are here, in no order. Waits for its loops. */
  public List<ConnectionFigures> openConnections(boolean withSubscriptions) {
    return figures.open(withSubscriptions);
  }

  /** The clients that went lately, in no order; a bounded number. Waits for its loops. */
  public List<ConnectionFigures> closedConnections() {
    return figures.closed();
  }

  /** The id of this start: 56 characters, beginning with N. */
  public String serverId() {
    return context.identity().id();
  }

  /** The name as configured, or the id. */
  public String serverName() {
    return context.identity().name();
  }

  /**
   * Connects a client without a socket.
   *
   * @throws IllegalStateException when the server is closed
   */
  public Transport connectInProcess() {
    if (closing.get()) {
      throw new IllegalStateException("the server is closed");
    }
    ServerLoop loop = loops.next();
    InProcessLink link = new InProcessLink(loop.loop(), readers);
    loop.loop()
        .execute(
            () -> {
              ClientConnection connection = new ClientConnection(context, loop, link);
              link.attach(connection);
              connection.start();
            });
    return link.client();
  }

  /** How many clients are connected. */
  public int connections() {
    return context.connections();
  }

  /**
   * Begins lame duck mode: nobody can connect any more, JetStream stops, clients are told and,
   * after the configured grace period, closed one after the other; then the server closes. Returns
   * at once; harmless when called again.
   *
   * @return whether the server is in lame duck mode, which one that listens nowhere never is
   */
  public boolean lameDuck() {
    ClientListener listening = listener;
    if (listening == null || closing.get()) {
      return false;
    }
    if (lameDuck.compareAndSet(false, true)) {
      LOG.info("Entering lame duck mode, stop accepting new clients");
      readers.execute(() -> leave(listening));
    }
    return true;
  }

  private void leave(ClientListener listening) {
    try {
      listening.close();
      stopJetStream();
      new LameDuck(loops, config, new Random(), closes).run();
      close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until {@link #close} has done its work. */
  public void awaitClosed() throws InterruptedException {
    try {
      closed.get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Runs a task when the server has closed, on the thread that closed it, or now. */
  public void onClosed(Runnable task) {
    closed.thenRun(task);
  }

  /** Ends the server; returns when everything has ended. Harmless when called again. */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      try {
        awaitClosed();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    closes.countDown();
    try {
      end();
    } finally {
      closed.complete(null);
    }
  }

  private void end() {
    LOG.info("Initiating Shutdown...");
    ClientListener listening = listener;
    if (listening != null) {
      listening.close();
    }
    stopJetStream();
    stopLoops();
    if (temporaryStore != null) {
      temporaryStore.delete();
    }
    LOG.info("Server Exiting..");
  }

  /** Stops it once; whoever comes later waits until it has stopped. */
  private void stopJetStream() {
    JetStreamService service = jetStream;
    if (service == null) {
      return;
    }
    if (jetStreamStops.compareAndSet(false, true)) {
      try {
        service.stop();
      } finally {
        jetStreamStopped.countDown();
      }
      return;
    }
    try {
      jetStreamStopped.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopLoops() {
    try {
      loops.onEach(
          loop ->
              List.copyOf(loop.connections().values())
                  .forEach(connection -> connection.close(CloseReason.SERVER_SHUTDOWN)));
      transport.awaitClients(CLIENTS_LEAVE_MILLIS);
      // what the loops still had for each other
      loops.onEach(loop -> {});
      loops.onEach(loop -> {});
      transport.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      passwordChecks.shutdownNow();
      readers.shutdown();
    }
  }
}
