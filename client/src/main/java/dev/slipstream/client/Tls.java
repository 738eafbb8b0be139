// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.security.NoSuchAlgorithmException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How connections are made secure: whether the options ask for it, and an engine for each attempt.
 *
 * <p>The supplier of contexts may read files, so it is asked off the loop.
 */
final class Tls {
  private final ClientLoop loop;
  private final OffLoop offLoop;
  private final @Nullable Supplier<SSLContext> contexts;
  private final boolean first;

  /** Learns, on the loop, how a handshake began. */
  interface Listener {
    /** The transport that takes the inbound bytes of the inner one from here on. */
    void onLayer(TlsTransport layer);

    /** There is no engine. */
    void onNoEngine(TlsException failure);
  }

  Tls(ClientOptions options, ClientLoop loop, OffLoop offLoop) {
    this.loop = loop;
    this.offLoop = offLoop;
    contexts = options.tlsContexts();
    first = options.tlsFirst();
  }

  /** Whether a connection without TLS is out of the question. */
  boolean isRequired(ServerAddress server) {
    return contexts != null || first || server.scheme().isTls();
  }

  /** Whether the handshake comes before the server's first word. */
  boolean isFirst() {
    return first;
  }

  void begin(ServerAddress server, Transport inner, Listener listener) {
    offLoop.call(
        () -> engine(server),
        engine -> listener.onLayer(new TlsTransport(loop, offLoop, engine, inner)),
        cause ->
            listener.onNoEngine(
                new TlsException(
                    "no TLS context for the connection: " + cause.getMessage(), cause)));
  }

  private SSLEngine engine(ServerAddress server) throws NoSuchAlgorithmException {
    SSLEngine engine = context().createSSLEngine(server.certificateHost(), server.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  private SSLContext context() throws NoSuchAlgorithmException {
    return contexts == null ? SSLContext.getDefault() : contexts.get();
  }
}
