// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What lies between a server and the protocol: the transport that was dialled, and what is put upon
 * it.
 *
 * <table>
 * <caption>Layers, the lowest first</caption>
 * <tr><th>URL</th><th>before the greeting</th><th>after INFO</th></tr>
 * <tr><td>nats, tls</td><td>TLS where the options say that it is first</td><td>TLS</td></tr>
 * <tr><td>ws, wss</td><td>TLS where it is asked for, then the WebSocket</td><td></td></tr>
 * </table>
 *
 * <p>Loop-owned. A transport that calls on threads of its own hands its bytes over as commands.
 */
final class Layers implements Transport.Receiver {
  /** Bytes that a foreign transport may have handed over and the loop has not taken. */
  private static final long MAX_BACKLOG_BYTES = 64L * 1024 * 1024;

  private final ClientLoop loop;
  private final Tls tls;
  private final WebSockets webSockets;
  private final ServerAddress server;
  private final Transport bare;
  private final Transport.Receiver receiver;
  private final AtomicLong backlogBytes = new AtomicLong();
  private Transport top;
  private @Nullable TlsTransport secured;
  private @Nullable WebSocketTransport webSocket;
  private boolean securing;
  private boolean closed;

  /** The bytes of the uppermost layer, and the end with what caused it, go to {@code receiver}. */
  Layers(
      ClientLoop loop,
      Tls tls,
      WebSockets webSockets,
      ServerAddress server,
      Transport bare,
      Transport.Receiver receiver) {
    this.loop = loop;
    this.tls = tls;
    this.webSockets = webSockets;
    this.server = server;
    this.bare = bare;
    this.receiver = receiver;
    this.top = bare;
  }

  /** Begins, with those layers that come before the greeting. */
  void open() {
    bare.start(this);
    if (!server.isWebSocket()) {
      if (tls.isFirst()) {
        secure(() -> {});
      }
    } else if (tls.isRequired(server)) {
      secure(this::upgrade);
    } else {
      upgrade();
    }
  }

  /** The layer that takes what is sent. */
  Transport top() {
    return top;
  }

  /** Whether TLS protects what is sent from here on. */
  boolean isSecure() {
    return secured != null;
  }

  /** Whether a connection without TLS is out of the question. */
  boolean isTlsRequired() {
    return tls.isRequired(server);
  }

  /** Whether INFO has a say about TLS: under a WebSocket it comes before or never. */
  boolean isTlsOpen() {
    return secured == null && !server.isWebSocket();
  }

  /** Puts TLS upon the transport; {@code then} runs once it protects what is sent. */
  void secure(Runnable then) {
    securing = true;
    tls.begin(
        server,
        bare,
        new Tls.Listener() {
          @Override
          public void onLayer(TlsTransport made) {
            if (!closed) {
              secured = made;
              top = made;
              made.handshake(opened(), then);
            }
          }

          @Override
          public void onNoEngine(TlsException failure) {
            receiver.onClosed(failure);
          }
        });
  }

  private Transport.Receiver opened() {
    return new Transport.Receiver() {
      @Override
      public void onBytes(byte[] bytes, int from, int to) {
        pass(bytes, from, to);
      }

      @Override
      public void onClosed(@Nullable Throwable cause) {
        receiver.onClosed(cause);
      }
    };
  }

  private void upgrade() {
    WebSocketTransport made = webSockets.upgrade(server, isSecure(), top, receiver);
    webSocket = made;
    top = made;
  }

  /** Ends all layers. */
  void close() {
    closed = true;
    top.close();
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
    if (loop.inLoop()) {
      receiver.onClosed(cause);
    } else {
      loop.offer(() -> receiver.onClosed(cause));
    }
  }

  private void receive(byte[] bytes, int from, int to) {
    if (closed) {
      return;
    }
    if (secured != null) {
      secured.onBytes(bytes, from, to);
    } else if (securing) {
      receiver.onClosed(TlsException.inTheClear());
    } else {
      pass(bytes, from, to);
    }
  }

  /** Takes what is not encrypted, or is so no more. */
  private void pass(byte[] bytes, int from, int to) {
    if (webSocket != null) {
      webSocket.onBytes(bytes, from, to);
    } else {
      receiver.onBytes(bytes, from, to);
    }
  }
}
