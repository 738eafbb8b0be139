// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that knows bytes only, and remembers all it was sent. */
final class WireClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private int looked;
  private boolean ended;

  WireClient(int port) {
    try {
      socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Sends text, with CR LF written as {@code \n} for ease of reading. */
  WireClient send(String text) {
    return sendRaw(text.replace("\r\n", "\n").replace("\n", "\r\n"));
  }

  /** Sends text as it is. */
  WireClient sendRaw(String text) {
    return sendRaw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  WireClient sendRaw(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException closed) {
      ended = true; // what was received before tells why
    }
    return this;
  }

  /** Sends text one byte at a time. */
  WireClient drip(String text) {
    for (byte each : text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1)) {
      sendRaw(new byte[] {each});
    }
    return this;
  }

  /** Reads until {@code text} has come, behind what was awaited before. */
  WireClient await(String text) {
    String awaited = text.replace("\n", "\r\n");
    while (true) {
      int found = received().indexOf(awaited, looked);
      if (found >= 0) {
        looked = found + awaited.length();
        return this;
      }
      if (!read()) {
        throw new AssertionError("never came: '" + text + "', but: " + received());
      }
    }
  }

  /** Sends PINGs and awaits their PONGs, so that all before them has been done. */
  WireClient sync() {
    return sync(0);
  }

  /** As {@link #sync()}, behind the PONGs of {@code others} PINGs that were sent before. */
  WireClient sync(int others) {
    send("PING\n");
    for (int i = 0; i <= others; i++) {
      await("PONG\n");
    }
    // the first PONG may be followed by an INFO
    return send("PING\n").await("PONG\n");
  }

  /** Reads until the server has closed. */
  WireClient awaitEnd() {
    while (read()) {
      // until the end
    }
    return this;
  }

  private boolean read() {
    byte[] chunk = new byte[65536];
    int count;
    try {
      count = ended ? -1 : in.read(chunk);
    } catch (SocketTimeoutException quiet) {
      throw new AssertionError("nothing comes any more; so far: " + received(), quiet);
    } catch (IOException reset) {
      count = -1;
    }
    if (count < 0) {
      ended = true;
      return false;
    }
    received.write(chunk, 0, count);
    return true;
  }

  /** All that came, as text. */
  String received() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  boolean hasEnded() {
    return ended;
  }

  /** Hangs up, and waits until the server has noticed. */
  void leave() {
    try {
      socket.shutdownOutput();
    } catch (IOException gone) {
      ended = true;
    }
    awaitEnd();
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // as wished
    }
  }
}
