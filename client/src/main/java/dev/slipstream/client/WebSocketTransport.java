// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.wire.Transport;
import java.io.EOFException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket upon another transport: the upgrade, then frames both ways (RFC 6455).
 *
 * <p>Whoever receives from the inner transport hands the bytes to {@link #onBytes}. Everything is
 * called on the loop. What is sent at once goes in one frame; how the server cuts its frames means
 * nothing.
 */
final class WebSocketTransport implements Transport, WebSocketReader.Handler {
  private static final int NORMAL_CLOSURE = 1000;

  /** With this much on its way a ping is not answered: who sends it does not read the answers. */
  private static final long MAX_PENDING_BYTES_FOR_PONGS = 4L * 1024 * 1024;

  private final ClientLoop loop;
  private final Transport inner;
  private final WebSocketResponse response;
  private final WebSocketReader reader = new WebSocketReader(this);
  private final WebSocketWriter writer;
  private @Nullable Receiver receiver;
  private boolean closed;

  WebSocketTransport(
      ClientLoop loop, WebSocketResponse response, WebSocketWriter writer, Transport inner) {
    this.loop = loop;
    this.response = response;
    this.writer = writer;
    this.inner = inner;
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
  }

  /** Asks the server for the upgrade. */
  void request(byte[] head) {
    if (!closed) {
      inner.send(head, 0, head.length);
    }
  }

  /** Ends it: there is nothing to ask with. */
  void giveUp(WebSocketException cause) {
    end(cause, NORMAL_CLOSURE);
  }

  @Override
  public boolean send(byte[] bytes, int from, int to) {
    if (closed) {
      return false;
    }
    Invariant.check(response.isUpgrade(), "nobody speaks before the server's greeting");
    byte[] frame = writer.binary(bytes, from, to);
    return inner.send(frame, 0, frame.length);
  }

  @Override
  public long pendingBytes() {
    return inner.pendingBytes();
  }

  @Override
  public void close() {
    close(NORMAL_CLOSURE);
  }

  private void close(int status) {
    if (!closed) {
      closed = true;
      if (response.isUpgrade()) {
        byte[] frame = writer.close(status);
        inner.send(frame, 0, frame.length);
      }
      inner.close();
    }
  }

  /** Takes bytes that came from the inner transport. */
  void onBytes(byte[] bytes, int from, int to) {
    if (closed) {
      return;
    }
    int at = from;
    if (!response.isUpgrade()) {
      try {
        at = response.read(bytes, from, to);
      } catch (WebSocketException refused) {
        end(refused, NORMAL_CLOSURE);
        return;
      }
    }
    reader.read(bytes, at, to);
  }

  @Override
  public void onData(byte[] bytes, int from, int to) {
    Receiver listener = receiver;
    if (!closed && listener != null) {
      listener.onBytes(bytes, from, to);
    }
  }

  @Override
  public void onPing(byte[] payload) {
    if (!closed && inner.pendingBytes() <= MAX_PENDING_BYTES_FOR_PONGS) {
      byte[] frame = writer.pong(payload);
      inner.send(frame, 0, frame.length);
    }
  }

  @Override
  public void onClose(int status, String reason) {
    String why =
        status == WebSocketReader.NO_STATUS
            ? ""
            : ": " + status + " " + WebSocketResponse.shown(reason);
    end(new EOFException("the server closed the WebSocket" + why), status);
  }

  @Override
  public void onViolation(int status, String what) {
    end(new WebSocketException("the server broke the WebSocket protocol: " + what, null), status);
  }

  private void end(Throwable cause, int status) {
    Receiver listener = receiver;
    if (!closed && listener != null) {
      // as a command: whoever is sending just now must not find its state changed under it;
      // before the inner transport ends, which does not know why
      loop.offer(() -> listener.onClosed(cause));
    }
    close(status);
  }
}
