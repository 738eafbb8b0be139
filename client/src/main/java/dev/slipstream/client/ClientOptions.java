// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client is made from. Immutable; every value has a default.
 *
 * <p>Start from {@link #builder()}, {@link #of(String...)} or {@link #fromEnv()}.
 */
public final class ClientOptions {
  /** Where a server is looked for when nothing else is said. */
  public static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  private final ClientSettings values;
  private final List<ServerAddress> servers;

  private ClientOptions(Builder builder) {
    values = builder.values.clone();
    servers = ServerAddress.parseAll(values.urls.isEmpty() ? List.of(DEFAULT_URL) : values.urls);
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Defaults with these servers; each may be a comma list. */
  public static ClientOptions of(String... urls) {
    return builder().servers(urls).build();
  }

  /** Defaults with the servers in the environment variable {@code NATS_URL}, a comma list. */
  public static ClientOptions fromEnv() {
    String urls = System.getenv("NATS_URL");
    return urls == null || urls.isBlank() ? builder().build() : of(urls);
  }

  List<ServerAddress> servers() {
    return servers;
  }

  Auth auth() {
    return values.auth;
  }

  String name() {
    return values.name;
  }

  String inboxPrefix() {
    return values.inboxPrefix;
  }

  BufferFull whenBufferFull() {
    return values.whenBufferFull;
  }

  Duration connectTimeout() {
    return values.connectTimeout;
  }

  /** How long a request waits for its answer unless it says otherwise. */
  public Duration requestTimeout() {
    return values.requestTimeout;
  }

  Duration closeTimeout() {
    return values.closeTimeout;
  }

  Duration pingInterval() {
    return values.pingInterval;
  }

  int maxPingsOut() {
    return values.maxPingsOut;
  }

  boolean reconnect() {
    return values.reconnect;
  }

  Duration reconnectDelay() {
    return values.reconnectDelay;
  }

  Duration reconnectMaxDelay() {
    return values.reconnectMaxDelay;
  }

  boolean retryInitialConnect() {
    return values.retryInitialConnect;
  }

  int bufferBytes() {
    return values.bufferBytes;
  }

  boolean echo() {
    return values.echo;
  }

  boolean keepServerOrder() {
    return values.keepServerOrder;
  }

  boolean ignoreDiscovered() {
    return values.ignoreDiscovered;
  }

  @Nullable Supplier<SSLContext> tlsContexts() {
    return values.tlsContexts;
  }

  boolean tlsFirst() {
    return values.tlsFirst;
  }

  @Nullable Supplier<Map<String, String>> webSocketHeaders() {
    return values.webSocketHeaders;
  }

  @Nullable Supplier<Transport> transport() {
    return values.transport;
  }

  @Nullable Executor executor() {
    return values.executor;
  }

  List<Consumer<? super ClientEvent>> listeners() {
    return values.listeners;
  }

  @Nullable ClientMetrics metrics() {
    return values.metrics;
  }

  List<Interceptor> interceptors() {
    return values.interceptors;
  }

  Clock clock() {
    return values.clock;
  }

  RandomGenerator random() {
    return values.random == null ? new SplittableRandom() : values.random;
  }

  ClientLoop.Factory loops() {
    return values.loops;
  }

  Supplier<String> tokens() {
    return values.tokens;
  }

  /** Collects the values of {@link ClientOptions}. Not thread-safe. */
  public static final class Builder {
    private final ClientSettings values = new ClientSettings();

    private Builder() {}

    /**
     * Servers, each {@code [nats:// or tls://][user:password@]host[:port]}, or each {@code ws:// or
     * wss://[user:password@]host[:port][/path]}, or a comma list of these.
     */
    public Builder servers(String... serverUrls) {
      values.urls.addAll(List.of(serverUrls));
      return this;
    }

    /** Credentials for servers whose URL has none. */
    public Builder auth(Auth newAuth) {
      values.auth = newAuth;
      return this;
    }

    /** The name that the server shows for this connection. */
    public Builder name(String newName) {
      values.name = newName;
      return this;
    }

    /** What subjects for answers begin with, with its final dot; {@code _INBOX.} by default. */
    public Builder inboxPrefix(String prefix) {
      values.inboxPrefix = Subjects.checkInboxPrefix(prefix);
      return this;
    }

    /** How long one attempt to connect may take; 2 s by default. */
    public Builder connectTimeout(Duration timeout) {
      values.connectTimeout = positive(timeout, "connectTimeout");
      return this;
    }

    /** How long a request waits for its answer; 5 s by default. */
    public Builder requestTimeout(Duration timeout) {
      values.requestTimeout = positive(timeout, "requestTimeout");
      return this;
    }

    /** How long {@link NatsClient#close} lets handlers finish; 10 s by default. */
    public Builder closeTimeout(Duration timeout) {
      values.closeTimeout = positive(timeout, "closeTimeout");
      return this;
    }

    /** How often the server is asked for a sign of life, and how many may stay unanswered. */
    public Builder ping(Duration interval, int maxOut) {
      values.pingInterval = positive(interval, "ping interval");
      if (maxOut < 1) {
        throw new IllegalArgumentException("maxOut must be positive, is " + maxOut);
      }
      values.maxPingsOut = maxOut;
      return this;
    }

    /** Whether a lost connection is made again, without end; true by default. */
    public Builder reconnect(boolean on) {
      values.reconnect = on;
      return this;
    }

    /**
     * Delays before the second and every later round over all servers: random between 0 and a
     * ceiling that doubles from {@code first} to {@code max}; 250 ms and 8 s by default.
     */
    public Builder reconnectDelay(Duration first, Duration max) {
      values.reconnectDelay = positive(first, "first delay");
      values.reconnectMaxDelay = positive(max, "longest delay");
      if (max.compareTo(first) < 0) {
        throw new IllegalArgumentException("the longest delay is shorter than the first");
      }
      return this;
    }

    /** Whether {@link NatsClient#connect} returns at once and the client keeps trying. */
    public Builder retryInitialConnect(boolean on) {
      values.retryInitialConnect = on;
      return this;
    }

    /**
     * The bound of bytes that wait to be sent; 8 MiB by default. When it is reached, senders wait
     * while a connection stands; while none does, {@link #whenBufferFull} says what happens.
     */
    public Builder bufferBytes(int bytes) {
      if (bytes < 64 * 1024) {
        throw new IllegalArgumentException("a buffer has at least 64 KiB, not " + bytes);
      }
      values.bufferBytes = bytes;
      return this;
    }

    /** What happens when the buffer is full without a connection; {@link BufferFull#FAIL}. */
    public Builder whenBufferFull(BufferFull policy) {
      values.whenBufferFull = policy;
      return this;
    }

    /** Whether own messages come back to own subscriptions; true by default. */
    public Builder echo(boolean on) {
      values.echo = on;
      return this;
    }

    /** Whether servers are tried in the order given, instead of a random one. */
    public Builder keepServerOrder(boolean on) {
      values.keepServerOrder = on;
      return this;
    }

    /** Whether addresses that servers name are ignored. */
    public Builder ignoreDiscovered(boolean on) {
      values.ignoreDiscovered = on;
      return this;
    }

    /**
     * Connects with TLS only, with contexts from {@code contexts}, which is asked again for each
     * attempt; see {@link PemFiles}. The certificate has to name the host. Without this, TLS is
     * used where the URL or the server wants it, with the JDK's default context.
     */
    public Builder tls(Supplier<SSLContext> contexts) {
      values.tlsContexts = contexts;
      return this;
    }

    /** Whether the TLS handshake comes before the server's first word; implies TLS. */
    public Builder tlsFirst(boolean on) {
      values.tlsFirst = on;
      return this;
    }

    /**
     * Headers of the HTTP request that a {@code ws://} or {@code wss://} connection begins with,
     * for proxies and for cookies; asked again for each attempt, on a thread that may block.
     */
    public Builder webSocketHeaders(Supplier<Map<String, String>> headers) {
      values.webSocketHeaders = headers;
      return this;
    }

    /** Where connections come from instead of sockets; asked again for each attempt. */
    public Builder transport(Supplier<Transport> supplier) {
      values.transport = supplier;
      return this;
    }

    /** Where handlers run, instead of threads of the client's own. It is not shut down. */
    public Builder executor(Executor newExecutor) {
      values.executor = newExecutor;
      return this;
    }

    /** Adds a listener that hears events from the first attempt on. */
    public Builder onEvent(Consumer<? super ClientEvent> listener) {
      values.listeners.add(listener);
      return this;
    }

    /** Counts and times what the client does; nothing does by default. */
    public Builder metrics(ClientMetrics sink) {
      values.metrics = sink;
      return this;
    }

    /** Adds one that stands around what is sent and handled, inside those added before. */
    public Builder interceptor(Interceptor interceptor) {
      values.interceptors.add(interceptor);
      return this;
    }

    /** The source of time; the machine's by default. */
    public Builder clock(Clock newClock) {
      values.clock = newClock;
      return this;
    }

    /** The source of jitter and order; it is used by the client's loop alone. */
    public Builder random(RandomGenerator generator) {
      values.random = generator;
      return this;
    }

    /** Has the connection live on threads that it shares with others; by default it has its own. */
    public Builder loops(ClientLoops shared) {
      return loops((name, clock) -> shared.join(clock));
    }

    /** What connections live on instead of threads of their own: for proofs in virtual time. */
    Builder loops(ClientLoop.Factory factory) {
      values.loops = factory;
      return this;
    }

    /** Where the unique part of inboxes comes from, by any thread: for runs that are repeated. */
    Builder tokens(Supplier<String> source) {
      values.tokens = source;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException when a server's URL cannot be read, or only some of them are
     *     of WebSockets
     */
    public ClientOptions build() {
      return new ClientOptions(this);
    }

    private static Duration positive(Duration value, String what) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(what + " must be positive, is " + value);
      }
      return value;
    }
  }
}
