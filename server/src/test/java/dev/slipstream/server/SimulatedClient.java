// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of a {@link SimulatedServer}, which reads what it is sent, or does not. */
final class SimulatedClient implements Link {
  private final SimulatedServer server;
  private final ServerLoop loop;
  private final StringBuilder received = new StringBuilder();
  private final ArrayDeque<byte[]> inbound = new ArrayDeque<>();
  private final List<Runnable> afterWritten = new ArrayList<>();
  private @Nullable ClientConnection connection;
  private boolean reads = true;
  private boolean paused;
  private boolean closed;
  private long pending;
  private int pauses;

  SimulatedClient(SimulatedServer server, ServerLoop loop) {
    this.server = server;
    this.loop = loop;
    loop.loop()
        .execute(
            () -> {
              ClientConnection accepted = new ClientConnection(server.context(), loop, this);
              connection = accepted;
              accepted.start();
            });
  }

  ClientConnection connection() {
    ClientConnection accepted = connection;
    if (accepted == null) {
      throw new IllegalStateException("not accepted yet");
    }
    return accepted;
  }

  /** Sends text as one chunk, with {@code \n} for CR LF, and runs until all is quiet. */
  SimulatedClient send(String text) {
    queue(text);
    server.simulation().runReady();
    return this;
  }

  /** Sends text as one chunk, which arrives when the loop's turn comes. */
  SimulatedClient queue(String text) {
    return queue(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  SimulatedClient queue(byte[] bytes) {
    loop.loop()
        .execute(
            () -> {
              inbound.add(bytes);
              read();
            });
    return this;
  }

  /**
   * Has bytes lie in the socket: they are read by a {@link #poll} that waits already, ahead of
   * commands that came behind it, as a loop reads sockets before it looks at its commands.
   */
  SimulatedClient arrive(String text) {
    inbound.add(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Has the loop look into the socket when its turn comes. */
  SimulatedClient poll() {
    loop.loop().execute(this::read);
    return this;
  }

  private void read() {
    while (!paused && !closed && !inbound.isEmpty()) {
      byte[] bytes = inbound.remove();
      // as from a socket: the array is used for something else afterwards
      byte[] shared = bytes.clone();
      connection().onBytes(shared, 0, shared.length);
      java.util.Arrays.fill(shared, (byte) '?');
    }
  }

  /** What came since the last call, with {@code \n} for CR LF and without INFO. */
  String received() {
    String text =
        received.toString().replaceAll("INFO [^\n]*\n", "").replace("\r\n", "\n").replace("\r", "");
    received.setLength(0);
    return text;
  }

  /** Stops taking what the server writes, or takes it all and goes on. */
  void reads(boolean on) {
    reads = on;
    if (on) {
      loop.loop().execute(this::taken);
      server.simulation().runReady();
    }
  }

  private void taken() {
    pending = 0;
    List<Runnable> called = List.copyOf(afterWritten);
    afterWritten.clear();
    called.forEach(Runnable::run);
  }

  void hangUp() {
    loop.loop().execute(() -> connection().onLinkClosed(null));
    server.simulation().runReady();
  }

  boolean isClosed() {
    return closed;
  }

  /** How often the server stopped reading from this client. */
  int pauses() {
    return pauses;
  }

  boolean isPaused() {
    return paused;
  }

  @Override
  public void write(OutputBuffer bytes) {
    received.append(new String(bytes.array(), 0, bytes.length(), StandardCharsets.ISO_8859_1));
    if (!reads) {
      pending += bytes.length();
    }
  }

  @Override
  public long pendingBytes() {
    return pending;
  }

  @Override
  public void afterWritten(Runnable task) {
    if (pending == 0) {
      loop.loop().execute(task);
    } else {
      afterWritten.add(task);
    }
  }

  @Override
  public void pauseReading() {
    paused = true;
    pauses++;
  }

  @Override
  public void resumeReading() {
    paused = false;
    loop.loop().execute(this::read);
  }

  @Override
  public void closeAfterWrites() {
    closed = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String remoteHost() {
    return "10.0.0.1";
  }

  @Override
  public int remotePort() {
    return 4711;
  }

  @Override
  public boolean inProcess() {
    return false;
  }
}
