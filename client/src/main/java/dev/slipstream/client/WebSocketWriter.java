// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * Makes the frames of a client, each whole and with a mask of its own (RFC 6455, section 5).
 *
 * <p>What is to be sent is copied while it is masked, and not changed: others may hold it too.
 */
final class WebSocketWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PONG = 0xa;
  private static final int MAX_SHORT_LENGTH = 125;
  private static final int MASK_BYTES = 4;

  private final RandomGenerator masks;

  /**
   * A writer whose masks are drawn from {@code masks}, which nobody who chooses what is sent must
   * be able to foretell (section 10.3).
   */
  WebSocketWriter(RandomGenerator masks) {
    this.masks = masks;
  }

  /** A message. */
  byte[] binary(byte[] bytes, int from, int to) {
    return frame(BINARY, bytes, from, to);
  }

  /** The answer to a ping. */
  byte[] pong(byte[] payload) {
    return frame(PONG, payload, 0, payload.length);
  }

  /** The last frame; without a payload if there is no status. */
  byte[] close(int status) {
    byte[] payload =
        status == WebSocketReader.NO_STATUS
            ? new byte[0]
            : new byte[] {(byte) (status >>> 8), (byte) status};
    return frame(CLOSE, payload, 0, payload.length);
  }

  private byte[] frame(int opcode, byte[] bytes, int from, int to) {
    int length = to - from;
    int lengthBytes = length <= MAX_SHORT_LENGTH ? 0 : length < 1 << 16 ? 2 : 8;
    int start = 2 + lengthBytes + MASK_BYTES;
    byte[] frame = new byte[Math.addExact(start, length)];
    ByteBuffer header = ByteBuffer.wrap(frame);
    header.put((byte) (FINAL | opcode));
    switch (lengthBytes) {
      case 0 -> header.put((byte) (MASKED | length));
      case 2 -> header.put((byte) (MASKED | 126)).putShort((short) length);
      default -> header.put((byte) (MASKED | 127)).putLong(length);
    }
    int mask = masks.nextInt();
    header.putInt(mask);
    copyMasked(bytes, from, frame, start, mask);
    return frame;
  }

  private static void copyMasked(byte[] from, int at, byte[] into, int start, int mask) {
    int length = into.length - start;
    long twice = (long) mask << 32 | mask & 0xffffffffL;
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      LONGS.set(into, start + i, (long) LONGS.get(from, at + i) ^ twice);
    }
    for (; i < length; i++) {
      into[start + i] = (byte) (from[at + i] ^ mask >>> 24 - 8 * (i % MASK_BYTES));
    }
  }
}
