// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.api.ServerInfo;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.ProtocolException;
import dev.slipstream.protocol.wire.ProtocolHandler;
import dev.slipstream.protocol.wire.ProtocolParser;
import dev.slipstream.protocol.wire.ProtocolWriter;
import dev.slipstream.protocol.wire.Transport;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one server, from its first byte to its last: greeting, parser, pings, upon
 * {@link Layers}.
 *
 * <p>Loop-owned.
 */
final class Session implements ProtocolHandler, Transport.Receiver {
  /** INFO of a large cluster is a long line; nothing else is. */
  private static final int MAX_LINE_BYTES = 1024 * 1024;

  private static final long MAX_MESSAGE_BYTES = 128L * 1024 * 1024;

  private final Owner owner;
  private final ServerAddress server;
  private final Layers layers;
  private ProtocolParser parser = new ProtocolParser(this, MAX_LINE_BYTES);
  private final ArrayDeque<PongListener> pongs = new ArrayDeque<>();
  private Phase phase = Phase.GREETING;
  private @Nullable String lastError;
  private int pingsOut;

  private enum Phase {
    GREETING,
    SECURING,
    INTRODUCING,
    AUTHENTICATING,
    READY,
    ENDED
  }

  /** Learns what happens on a session, on the loop. */
  interface Owner {
    /** The greeting came; {@link Session#introduce} or {@link Session#end} answers it. */
    void onGreeting(Session session, ServerInfo info);

    /** The server changed what it said of itself. */
    void onInfo(Session session, ServerInfo info);

    /** Messages may be sent. */
    void onReady(Session session);

    /** Bytes came. */
    void onBytesIn(int count);

    /** A message came. */
    void onMessage(MessageFrame frame);

    /** The server reports an error; it may close the connection thereafter. */
    void onServerError(Session session, String text);

    /** The session is over; called once, also when it never was ready. */
    void onEnded(Session session, Throwable cause);
  }

  /** Learns of the answer to one ping. */
  interface PongListener {
    /** All that was sent before the ping has been read by the server, or the session is over. */
    void onPong(@Nullable Throwable failure);
  }

  Session(
      ClientLoop loop,
      Owner owner,
      Tls tls,
      WebSockets webSockets,
      ServerAddress server,
      Transport transport) {
    this.owner = owner;
    this.server = server;
    this.layers = new Layers(loop, tls, webSockets, server, transport, this);
  }

  void start() {
    layers.open();
  }

  /** Whether TLS protects what is sent from here on. */
  boolean isSecure() {
    return layers.isSecure();
  }

  ServerAddress server() {
    return server;
  }

  Transport transport() {
    return layers.top();
  }

  boolean isReady() {
    return phase == Phase.READY;
  }

  /** Notes that a ping was sent whose answer {@code listener} waits for. */
  void expectPong(PongListener listener) {
    pongs.add(listener);
  }

  /** Sends a sign of life; ends the session when too many stayed unanswered. */
  void keepAlive(ProtocolWriter out, int maxPingsOut) {
    if (pingsOut >= maxPingsOut) {
      end(new ConnectionLostException("the server did not answer " + pingsOut + " pings", null));
      return;
    }
    pingsOut++;
    out.ping();
    pongs.add(failure -> pingsOut = 0);
  }

  /** Ends the session. */
  void end(Throwable cause) {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    layers.close();
    for (PongListener pong = pongs.poll(); pong != null; pong = pongs.poll()) {
      pong.onPong(cause);
    }
    owner.onEnded(this, cause);
  }

  @Override
  public void onBytes(byte[] bytes, int from, int to) {
    if (phase == Phase.ENDED) {
      return;
    }
    owner.onBytesIn(to - from);
    try {
      if (parser.parse(bytes, from, to) < to && phase == Phase.SECURING) {
        end(new TlsException("the server sent more than INFO in the clear", null));
      }
    } catch (ProtocolException broken) {
      end(new ConnectionLostException("the server broke the protocol", broken));
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    end(closeCause(cause));
  }

  private Throwable closeCause(@Nullable Throwable cause) {
    if (cause instanceof NatsException failure) {
      return failure; // of a layer, which knows best
    }
    if (phase != Phase.READY && lastError != null) {
      return refusal(lastError);
    }
    String text = lastError == null ? "the connection ended" : lastError;
    return new ConnectionLostException(
        cause == null || lastError != null ? text : text + ": " + cause.getMessage(), cause);
  }

  private static NatsException refusal(String text) {
    return text.toLowerCase(Locale.ROOT).startsWith("auth")
        ? new AuthException(text)
        : new NatsException(text);
  }

  /** Errors after which the server leaves the connection open. */
  private static boolean isHarmless(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.startsWith("permissions violation") || lower.startsWith("invalid subject");
  }

  @Override
  public void onInfo(byte[] bytes, int from, int to) {
    ServerInfo info = readInfo(bytes, from, to);
    if (phase != Phase.GREETING) {
      owner.onInfo(this, info);
      return;
    }
    boolean wanted = layers.isTlsRequired() || info.tlsRequired();
    if (!layers.isTlsOpen() || !wanted) {
      greeted(info);
    } else if (info.tlsRequired() || info.tlsAvailable()) {
      // one operation at a time, so that nothing after INFO is taken in the clear
      parser.suspend();
      phase = Phase.SECURING;
      layers.secure(() -> secured(info));
    } else {
      end(new TlsException("the server offers no TLS, which was asked for", null));
    }
  }

  private void secured(ServerInfo info) {
    // what was read in the clear must not become a part of what comes under TLS
    parser = new ProtocolParser(this, MAX_LINE_BYTES);
    greeted(info);
  }

  private void greeted(ServerInfo info) {
    phase = Phase.INTRODUCING;
    owner.onGreeting(this, info);
  }

  /** Says who this client is, once, after the greeting; the server's answer decides. */
  void introduce(ConnectOptions self) {
    if (phase != Phase.INTRODUCING) {
      return; // it has ended in the meantime
    }
    phase = Phase.AUTHENTICATING;
    OutputBuffer out = new OutputBuffer(512);
    ProtocolWriter writer = new ProtocolWriter(out);
    JsonWriter json = new JsonWriter();
    self.write(json);
    writer.connect(json.toBytes());
    writer.ping();
    transport().send(out.array(), 0, out.length());
  }

  private static ServerInfo readInfo(byte[] bytes, int from, int to) {
    try {
      return ServerInfo.read(JsonReader.of(bytes, from, to - from));
    } catch (JsonException broken) {
      throw new ProtocolException(null, "INFO is not readable: " + broken.getMessage());
    }
  }

  @Override
  public void onMessage(MessageFrame frame) {
    if (phase == Phase.READY) {
      owner.onMessage(frame);
    }
  }

  @Override
  public void onPing() {
    byte[] pong = {'P', 'O', 'N', 'G', '\r', '\n'};
    transport().send(pong, 0, pong.length);
  }

  @Override
  public void onPong() {
    if (phase == Phase.AUTHENTICATING) {
      phase = Phase.READY;
      owner.onReady(this);
      return;
    }
    PongListener listener = pongs.poll();
    if (listener != null) {
      listener.onPong(null);
    }
  }

  @Override
  public void onOk() {}

  @Override
  public void onErr(String text) {
    if (!isHarmless(text)) {
      lastError = text;
    }
    owner.onServerError(this, text);
  }

  @Override
  public void onMessageSize(long totalBytes) {
    if (totalBytes > MAX_MESSAGE_BYTES) {
      throw new ProtocolException(null, "a message of " + totalBytes + " bytes");
    }
  }
}
