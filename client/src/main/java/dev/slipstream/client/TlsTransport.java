// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS upon another transport, which may have carried bytes in the clear before.
 *
 * <p>Whoever receives from the inner transport hands the bytes to {@link #onBytes}. Everything is
 * called on the loop; only what the engine calls tasks (checking certificates) runs off it, and
 * while one runs nothing else touches the engine.
 */
final class TlsTransport implements Transport {
  /** Records that are handed to the inner transport as one piece. */
  private static final int RECORDS_A_PIECE = 4;

  /** What may wait to be opened while a task of the engine runs; no handshake is as long. */
  private static final int MAX_INPUT_BYTES = 1 << 20;

  private final ClientLoop loop;
  private final OffLoop offLoop;
  private final SSLEngine engine;
  private final Transport inner;
  private final ArrayDeque<ByteBuffer> plain = new ArrayDeque<>();
  private byte[] input;
  private int inputLength;
  private ByteBuffer opened;
  private ByteBuffer sealed;
  private @Nullable Receiver receiver;
  private @Nullable Runnable onSecure;
  private long plainBytes;
  private boolean heard;
  private boolean secure;
  private boolean advancing;
  private boolean taskRuns;
  private boolean closed;

  TlsTransport(ClientLoop loop, OffLoop offLoop, SSLEngine engine, Transport inner) {
    this.loop = loop;
    this.offLoop = offLoop;
    this.engine = engine;
    this.inner = inner;
    int packetBytes = engine.getSession().getPacketBufferSize();
    input = new byte[4 * packetBytes];
    opened = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    sealed = ByteBuffer.allocate(RECORDS_A_PIECE * packetBytes);
  }

  /** Begins the handshake; {@code then} runs once when it is done. */
  void handshake(Receiver newReceiver, Runnable then) {
    onSecure = then;
    start(newReceiver);
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
    try {
      engine.beginHandshake();
    } catch (SSLException e) {
      fail(e);
      return;
    }
    advance();
  }

  @Override
  public boolean send(byte[] bytes, int from, int to) {
    if (closed) {
      return false;
    }
    plain.add(ByteBuffer.wrap(bytes, from, to - from));
    plainBytes += to - from;
    if (secure) {
      advance();
    }
    return !closed;
  }

  @Override
  public long pendingBytes() {
    return plainBytes + inner.pendingBytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      sayGoodbye();
      plain.clear();
      plainBytes = 0;
      inner.close();
    }
  }

  /** Takes bytes that came from the inner transport. */
  void onBytes(byte[] bytes, int from, int to) {
    if (closed) {
      return;
    }
    if (!heard && to > from) {
      heard = true;
      if (!isRecord(bytes[from])) {
        end(TlsException.inTheClear());
        return;
      }
    }
    int needed = inputLength + to - from;
    if (taskRuns && needed > MAX_INPUT_BYTES) {
      fail(new SSLException("the server sent more than a handshake has"));
      return;
    }
    if (needed > input.length) {
      input = Arrays.copyOf(input, Math.max(needed, 2 * input.length));
    }
    System.arraycopy(bytes, from, input, inputLength, to - from);
    inputLength = needed;
    advance();
  }

  /** Whether a record begins so: by its kind, from change of cipher to heartbeat. */
  private static boolean isRecord(byte first) {
    return first >= 20 && first <= 24;
  }

  /** Goes as far as the bytes at hand lead. */
  private void advance() {
    if (advancing) {
      return; // the receiver sends while it is being handed bytes: the call outside goes on
    }
    advancing = true;
    try {
      boolean moved = true;
      while (moved && !closed && !taskRuns) {
        moved =
            switch (engine.getHandshakeStatus()) {
              case NEED_TASK -> runTask();
              case NEED_WRAP -> seal(ByteBuffer.allocate(0));
              case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> open();
              case NOT_HANDSHAKING, FINISHED -> exchange();
            };
      }
    } catch (SSLException e) {
      fail(e);
    } finally {
      advancing = false;
    }
  }

  private boolean runTask() {
    Runnable task = engine.getDelegatedTask();
    if (task == null) {
      return false;
    }
    taskRuns = true;
    offLoop.call(Executors.callable(task), done -> taskDone(), this::taskFailed);
    return false;
  }

  private void taskDone() {
    taskRuns = false;
    if (!closed) {
      advance();
    }
  }

  private void taskFailed(Exception cause) {
    taskRuns = false;
    if (!closed) {
      fail(cause);
    }
  }

  private boolean exchange() throws SSLException {
    if (!secure) {
      secure = true;
      Runnable then = onSecure;
      onSecure = null;
      if (then != null) {
        then.run();
      }
    }
    return !sealQueued() || !closed && open();
  }

  /** Answers whether there is nothing left of what was queued. */
  private boolean sealQueued() throws SSLException {
    while (!plain.isEmpty()) {
      ByteBuffer next = plain.element();
      if (!seal(next)) {
        return false;
      }
      if (!next.hasRemaining()) {
        plain.remove();
      }
    }
    return true;
  }

  /** Makes records of what {@code from} holds, or of what the engine has to say itself. */
  private boolean seal(ByteBuffer from) throws SSLException {
    int before = from.remaining();
    boolean going = true;
    while (going) {
      SSLEngineResult result = engine.wrap(from, sealed);
      switch (result.getStatus()) {
        case BUFFER_OVERFLOW -> {
          if (sealed.position() == 0) {
            sealed = ByteBuffer.allocate(2 * sealed.capacity());
          }
          pass();
        }
        case CLOSED -> {
          pass();
          end(new EOFException("the server closed the connection"));
          return false;
        }
        default -> {
          SSLEngineResult.HandshakeStatus status = result.getHandshakeStatus();
          going =
              from.hasRemaining()
                  ? status == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING
                  : status == SSLEngineResult.HandshakeStatus.NEED_WRAP;
        }
      }
    }
    pass();
    plainBytes -= before - from.remaining();
    return before == 0 || from.remaining() < before;
  }

  private void pass() {
    if (sealed.position() > 0) {
      byte[] piece = Arrays.copyOf(sealed.array(), sealed.position());
      sealed.clear();
      inner.send(piece, 0, piece.length);
    }
  }

  /** Opens records; answers whether there may be more to do with what is at hand. */
  private boolean open() throws SSLException {
    ByteBuffer from = ByteBuffer.wrap(input, 0, inputLength);
    boolean moved = false;
    boolean going = true;
    while (going && !closed) {
      SSLEngineResult result = engine.unwrap(from, opened);
      switch (result.getStatus()) {
        case BUFFER_UNDERFLOW -> going = false;
        case BUFFER_OVERFLOW -> opened = ByteBuffer.allocate(2 * opened.capacity());
        case CLOSED -> {
          end(new EOFException("the server closed the connection"));
          return false;
        }
        default -> {
          moved = true;
          going = result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
          deliver();
        }
      }
    }
    inputLength = from.remaining();
    System.arraycopy(input, from.position(), input, 0, inputLength);
    return moved;
  }

  private void deliver() {
    Receiver to = receiver;
    int length = opened.position();
    opened.clear();
    if (length > 0 && to != null) {
      to.onBytes(opened.array(), 0, length);
    }
  }

  private void fail(Exception cause) {
    String what = secure ? "TLS failed: " : "the TLS handshake failed: ";
    end(new TlsException(what + reason(cause), cause));
  }

  /** The innermost words: those of the outer ones name classes of the JDK. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == failure
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + " (" + root.getMessage() + ")";
  }

  private void end(Throwable cause) {
    if (closed) {
      return;
    }
    Receiver to = receiver;
    if (to != null) {
      // as a command: whoever is sending just now must not find its state changed under it;
      // before the inner transport ends, which does not know why
      loop.offer(() -> to.onClosed(cause));
    }
    close();
  }

  /**
   * Sends what was queued while the receiver was handed bytes, which may be its own last word, and
   * the alert that is due; a server then knows that nothing was cut off.
   */
  private void sayGoodbye() {
    if (taskRuns) {
      return;
    }
    try {
      if (secure) {
        sealQueued();
      }
      engine.closeOutbound();
      sealed.clear();
      while (engine.wrap(ByteBuffer.allocate(0), sealed).bytesProduced() > 0) {
        pass();
      }
    } catch (SSLException e) {
      // the connection ends either way
    }
  }
}
