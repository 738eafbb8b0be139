// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Messages;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;

/**
 * An object's bytes, for a thread that reads them; to be closed.
 *
 * <p>Parts are pulled ahead, within a window. The read that finds the end checks that all of it is
 * what was stored, and fails with an {@link IOException} when it is not: what was read before is
 * not to be trusted then. For one thread.
 */
public final class ObjectReader extends InputStream {
  private final ObjectInfo info;
  private final Duration silence;
  private final StoredParts parts;
  private final Backlog backlog;
  private final Messages messages;

  private byte[] part = OutputBuffer.NO_BYTES;
  private int position;
  private boolean checked;

  ObjectReader(ObjectInfo info, OrderedConsumer ordered, Duration silence) {
    this.info = info;
    this.silence = silence;
    parts = new StoredParts(info);
    backlog = new Backlog(ordered);
    messages = ordered.messages();
  }

  /** The object that is read; behind a link the one that it leads to. */
  public ObjectInfo info() {
    return info;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * Reads some bytes; waits for one at least.
   *
   * @throws IOException when nothing comes for too long, when the bucket is gone, or when what came
   *     is not what was stored
   */
  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    while (position == part.length) {
      if (backlog.isOver()) {
        check();
        return -1;
      }
      next();
    }
    int count = Math.min(length, part.length - position);
    System.arraycopy(part, position, into, offset, count);
    position += count;
    return count;
  }

  private void next() throws IOException {
    JsMessage message;
    try {
      message = messages.poll(silence);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("reading object " + info.name());
    }
    if (message == null) {
      throw new IOException(
          messages.closed().isDone()
              ? "reading object " + info.name() + " has ended: " + messages.closed().join()
              : "the server has sent nothing for " + silence);
    }
    backlog.endsWith(message);
    part = message.payload();
    position = 0;
    parts.add(part);
  }

  private void check() throws IOException {
    if (!checked) {
      try {
        parts.check();
      } catch (JetStreamException damaged) {
        throw new IOException(damaged.getMessage(), damaged);
      }
      checked = true; // a second check would find an empty digest
    }
  }

  /** How many bytes can be read without waiting. */
  @Override
  public int available() {
    return part.length - position;
  }

  /** Ends the reading, wherever it is. */
  @Override
  public void close() {
    messages.stop();
  }
}
