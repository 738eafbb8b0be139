// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.wire.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server that takes a connection, in rounds, each of which tries every server once.
 *
 * <p>The first round begins at once, later ones after a delay with full jitter; so does the first
 * when the server announced its end, or when the connection before was too short to be called one.
 * Unless the options say otherwise it gives up after the first round when it has never found one.
 * Loop-owned.
 */
final class Connector {
  /** A connection shorter than this is no success: the series of delays goes on. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ClientLoop loop;
  private final Owner owner;
  private final Dialer dialer;
  private final ServerPool servers;
  private final Backoff backoff;
  private final long attemptNanos;
  private final List<ConnectFailedException.Attempt> failures = new ArrayList<>();
  private Dialer.@Nullable Attempt attempt;
  private boolean dialed;
  private EventLoop.@Nullable Timer timer;
  private int attemptsThisRound;
  private boolean patient;
  private boolean stopped;
  private long foundNanos;

  /** Learns what becomes of attempts, on the loop. */
  interface Owner {
    /** A transport stands; answers with {@link #found} or {@link #failed} what came of it. */
    void onTransport(ServerAddress server, Transport transport);

    /** An attempt has failed, with or without a transport; the next one follows. */
    void onAttemptFailed(ServerAddress server, Throwable cause);

    /** No server was found, and none will be looked for. */
    void onGivenUp(ConnectFailedException failure);
  }

  Connector(
      ClientOptions options,
      ClientLoop loop,
      OffLoop offLoop,
      RandomGenerator random,
      Owner owner) {
    this.loop = loop;
    this.owner = owner;
    dialer = new Dialer(loop, offLoop, options.transport());
    servers = new ServerPool(options.servers(), options.keepServerOrder(), random);
    backoff =
        new Backoff(
            options.reconnectDelay().toNanos(), options.reconnectMaxDelay().toNanos(), random);
    attemptNanos = options.connectTimeout().toNanos();
    patient = options.retryInitialConnect();
  }

  /** Begins a round now. */
  void begin() {
    attemptsThisRound = 0;
    tryNext();
  }

  /**
   * Begins anew after the connection that was found has ended.
   *
   * @param atOnce whether somebody asked for another one
   * @param announced whether the server had said that it would end
   */
  void again(boolean atOnce, boolean announced) {
    boolean settled = loop.clock().nanos() - foundNanos >= SETTLED_NANOS;
    if (settled) {
      backoff.reset();
    }
    if (atOnce || settled && !announced) {
      begin();
    } else {
      beginLater();
    }
  }

  /** Takes over what a server names; answers what was not known. */
  List<String> discovered(List<String> urls, ServerAddress by) {
    return servers.discovered(urls, by);
  }

  /** Whether an attempt is under way, from its beginning until {@link #found}. */
  boolean isTrying() {
    return attempt != null;
  }

  /** The attempt under way has made a connection. */
  void found() {
    cancelTimer();
    attempt = null;
    failures.clear();
    patient = true;
    foundNanos = loop.clock().nanos();
  }

  /** The attempt under way has failed: the next server's turn. */
  void failed(ServerAddress server, Throwable cause) {
    abandon();
    if (!patient) {
      failures.add(new ConnectFailedException.Attempt(server.toString(), cause));
    }
    owner.onAttemptFailed(server, cause);
    tryNext();
  }

  /** Looks for no server any more. */
  void stop() {
    stopped = true;
    abandon();
  }

  private void beginLater() {
    timer = loop.schedule(backoff.nextDelayNanos(), this::begin);
  }

  private void tryNext() {
    if (stopped) {
      return;
    }
    if (attemptsThisRound >= servers.size()) {
      endRound();
      return;
    }
    attemptsThisRound++;
    ServerAddress server = servers.next();
    timer = loop.schedule(attemptNanos, () -> failed(server, late()));
    dialed = false;
    attempt =
        dialer.dial(
            server,
            new Dialer.Listener() {
              @Override
              public void onTransport(Transport transport) {
                dialed = true;
                owner.onTransport(server, transport);
              }

              @Override
              public void onFailure(Throwable cause) {
                failed(server, cause);
              }
            });
  }

  private IOException late() {
    long waitedMillis = TimeUnit.NANOSECONDS.toMillis(attemptNanos);
    return new IOException(
        dialed
            ? "connected, and no complete greeting within "
                + waitedMillis
                + " ms (a server with handshake_first needs tlsFirst(true), a WebSocket ws://)"
            : "no connection within " + waitedMillis + " ms");
  }

  private void endRound() {
    if (patient) {
      beginLater();
    } else {
      owner.onGivenUp(new ConnectFailedException(failures));
    }
  }

  private void abandon() {
    cancelTimer();
    if (attempt != null) {
      attempt.abandon();
      attempt = null;
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
