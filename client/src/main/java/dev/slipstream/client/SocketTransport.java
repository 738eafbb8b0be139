// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * TCP on the client's own loop: the receiver is called on the loop, without a hop between threads.
 *
 * <p>Everything here is called on the loop.
 */
final class SocketTransport implements Transport {
  private static final int READ_BYTES = 64 * 1024;
  private static final int WRITE_BYTES = 128 * 1024;

  /** Reads a turn, so that one busy socket leaves commands their turn. */
  private static final int READS_A_TURN = 4;

  private final ClientLoop loop;
  private final SocketChannel channel;
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private final byte[] input = new byte[READ_BYTES];
  private final ByteBuffer inputView = ByteBuffer.wrap(input);
  private @Nullable SelectionKey key;
  private @Nullable Receiver receiver;
  private long pendingBytes;
  private boolean closed;

  /** Takes over a connected channel in non-blocking mode. */
  SocketTransport(ClientLoop loop, SocketChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
    try {
      key = loop.register(channel, SelectionKey.OP_READ, this::onReady);
    } catch (IOException e) {
      end(e);
    }
  }

  @Override
  public boolean send(byte[] bytes, int from, int to) {
    if (closed) {
      return false;
    }
    queue.add(ByteBuffer.wrap(bytes, from, to - from));
    pendingBytes += to - from;
    if (queue.size() == 1) {
      write();
    }
    return !closed;
  }

  @Override
  public long pendingBytes() {
    return pendingBytes;
  }

  @Override
  public void close() {
    end(null);
  }

  private void onReady(SelectionKey ready) {
    if (ready.isWritable()) {
      write();
    }
    if (!closed && ready.isReadable()) {
      read();
    }
  }

  private void read() {
    try {
      for (int i = 0; i < READS_A_TURN && !closed; i++) {
        int count = channel.read(inputView.clear());
        if (count < 0) {
          end(new EOFException("the server closed the connection"));
          return;
        }
        if (count > 0 && receiver != null) {
          receiver.onBytes(input, 0, count);
        }
        if (count < READ_BYTES) {
          return;
        }
      }
    } catch (IOException e) {
      end(e);
    }
  }

  private void write() {
    try {
      for (ByteBuffer next = queue.peek(); next != null; next = queue.peek()) {
        if (!writeSlices(next)) {
          interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
          return;
        }
        queue.poll();
      }
      interest(SelectionKey.OP_READ);
    } catch (IOException e) {
      end(e);
    }
  }

  /** Writes in slices: the JDK copies each through a direct buffer of the slice's size. */
  private boolean writeSlices(ByteBuffer buffer) throws IOException {
    int end = buffer.limit();
    while (buffer.position() < end) {
      buffer.limit(Math.min(end, buffer.position() + WRITE_BYTES));
      int count = channel.write(buffer);
      pendingBytes -= count;
      boolean whole = !buffer.hasRemaining();
      buffer.limit(end);
      if (!whole) {
        return false;
      }
    }
    return true;
  }

  private void interest(int operations) {
    SelectionKey present = key;
    if (present != null && present.isValid() && present.interestOps() != operations) {
      present.interestOps(operations);
    }
  }

  private void end(@Nullable Throwable cause) {
    if (closed) {
      return;
    }
    closed = true;
    queue.clear();
    pendingBytes = 0;
    try {
      channel.close();
    } catch (IOException e) {
      // the socket is gone either way
    }
    Receiver listener = receiver;
    if (listener != null) {
      // as a command: whoever is sending just now must not find its state changed under it
      loop.offer(() -> listener.onClosed(cause));
    }
  }
}
