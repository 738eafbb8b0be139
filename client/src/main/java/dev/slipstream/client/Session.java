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
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one server, from its first byte to its last: TLS, greeting, parser, pings.
 *
 * <p>Loop-owned. A transport that calls on threads of its own hands its bytes over as commands.
 */
final class Session implements ProtocolHandler, Transport.Receiver {
  /** INFO of a large cluster is a long line; nothing else is. */
  private static final int MAX_LINE_BYTES = 1024 * 1024;

  private static final long MAX_MESSAGE_BYTES = 128L * 1024 * 1024;

  /** Bytes that a foreign transport may have handed over and the loop has not parsed. */
  private static final long MAX_BACKLOG_BYTES = 64L * 1024 * 1024;

  private final ClientLoop loop;
  private final Owner owner;
  private final ServerAddress server;
  private final Tls tls;
  private final Transport bare;
  private Transport transport;
  private @Nullable TlsTransport layer;
  private ProtocolParser parser = new ProtocolParser(this, MAX_LINE_BYTES);
  private final ArrayDeque<PongListener> pongs = new ArrayDeque<>();
  private final AtomicLong backlogBytes = new AtomicLong();
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

  Session(ClientLoop loop, Owner owner, Tls tls, ServerAddress server, Transport transport) {
    this.loop = loop;
    this.owner = owner;
    this.tls = tls;
    this.server = server;
    this.bare = transport;
    this.transport = transport;
  }

  void start() {
    bare.start(this);
    if (tls.isFirst()) {
      secure(() -> phase = Phase.GREETING);
    }
  }

  /** Whether TLS protects what is sent from here on. */
  boolean isSecure() {
    return layer != null;
  }

  private void secure(Runnable then) {
    phase = Phase.SECURING;
    tls.begin(
        server,
        bare,
        new Tls.Listener() {
          @Override
          public void onLayer(TlsTransport made) {
            if (phase == Phase.SECURING) {
              layer = made;
              transport = made;
              // what was read in the clear must not become a part of what comes under TLS
              parser = new ProtocolParser(Session.this, MAX_LINE_BYTES);
              made.handshake(opened(), then);
            }
          }

          @Override
          public void onNoEngine(TlsException failure) {
            end(failure);
          }
        });
  }

  private Transport.Receiver opened() {
    return new Transport.Receiver() {
      @Override
      public void onBytes(byte[] bytes, int from, int to) {
        feed(bytes, from, to);
      }

      @Override
      public void onClosed(@Nullable Throwable cause) {
        end(closeCause(cause));
      }
    };
  }

  ServerAddress server() {
    return server;
  }

  Transport transport() {
    return transport;
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
    transport.close();
    for (PongListener pong = pongs.poll(); pong != null; pong = pongs.poll()) {
      pong.onPong(cause);
    }
    owner.onEnded(this, cause);
  }

  @Override
  public void onBytes(byte[] bytes, int from, int to) {
    if (loop.inLoop()) {
      receive(bytes, from, to);
      return;
    }
    byte[] copy = Arrays.copyOfRange(bytes, from, to);
    long waiting = backlogBytes.addAndGet(copy.length);
    loop.offer(
        () -> {
          backlogBytes.addAndGet(-copy.length);
          receive(copy, 0, copy.length);
        });
    if (waiting > MAX_BACKLOG_BYTES) {
      bare.close();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (!loop.inLoop()) {
      loop.offer(() -> onClosed(cause));
      return;
    }
    end(closeCause(cause));
  }

  private Throwable closeCause(@Nullable Throwable cause) {
    if (cause instanceof TlsException failure) {
      return failure;
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

  private void receive(byte[] bytes, int from, int to) {
    if (layer != null) {
      layer.onBytes(bytes, from, to);
    } else {
      feed(bytes, from, to);
    }
  }

  private void feed(byte[] bytes, int from, int to) {
    if (phase == Phase.ENDED) {
      return;
    }
    if (phase == Phase.SECURING) {
      end(new TlsException("the server sent bytes in the clear before the TLS handshake", null));
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
  public void onInfo(byte[] bytes, int from, int to) {
    ServerInfo info = readInfo(bytes, from, to);
    if (phase != Phase.GREETING) {
      owner.onInfo(this, info);
      return;
    }
    boolean required = tls.isRequired(server);
    if (layer == null && required && !info.tlsRequired() && !info.tlsAvailable()) {
      end(new TlsException("the server offers no TLS, which was asked for", null));
    } else if (layer == null && (required || info.tlsRequired())) {
      // one operation at a time, so that nothing after INFO is taken in the clear
      parser.suspend();
      secure(() -> greeted(info));
    } else {
      greeted(info);
    }
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
    transport.send(out.array(), 0, out.length());
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
    transport.send(pong, 0, pong.length);
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
