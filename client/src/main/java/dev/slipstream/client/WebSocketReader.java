// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the frames of a server, cut anywhere (RFC 6455, section 5).
 *
 * <p>The payload of messages is passed on as it comes, however long its frame is; only what control
 * frames carry is gathered. A pong is taken without a word. Nothing is read behind a close frame or
 * a violation.
 */
final class WebSocketReader {
  /** The peer broke the protocol. */
  static final int PROTOCOL_ERROR = 1002;

  /** The peer sent what is not taken. */
  static final int UNSUPPORTED_DATA = 1003;

  /** Stands for a close frame without a status; never sent. */
  static final int NO_STATUS = 1005;

  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;
  private static final int OPCODE = 0x0f;
  private static final int CONTROL = 0x08;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int LENGTH_IN_16_BITS = 126;
  private static final int LENGTH_IN_64_BITS = 127;
  private static final int MAX_CONTROL_BYTES = 125;
  private static final int MAX_HEADER_BYTES = 10;

  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;

  private final Handler handler;
  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private final byte[] control = new byte[MAX_CONTROL_BYTES];
  private int headerLength;
  private int headerNeeded = 2;
  private int controlLength;
  private int opcode;
  private long payloadLeft;
  private boolean inPayload;
  private boolean inMessage;
  private boolean ended;

  /** Learns what frames bring. */
  interface Handler {
    /** The next bytes of a message; the array is valid during the call only. */
    void onData(byte[] bytes, int from, int to);

    /** A ping, whose payload a pong gives back. */
    void onPing(byte[] payload);

    /** The server closes; nothing comes after it. */
    void onClose(int status, String reason);

    /** The server broke the rules; nothing comes after it. */
    void onViolation(int status, String what);
  }

  WebSocketReader(Handler handler) {
    this.handler = handler;
  }

  void read(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !ended) {
      at = inPayload ? payload(bytes, at, to) : header(bytes, at, to);
    }
  }

  private int header(byte[] bytes, int from, int to) {
    int count = Math.min(to - from, headerNeeded - headerLength);
    System.arraycopy(bytes, from, header, headerLength, count);
    headerLength += count;
    if (headerLength == headerNeeded) {
      if (headerLength == 2) {
        first();
      } else {
        begin(longLength());
      }
    }
    return from + count;
  }

  /** Reads the two bytes that every frame begins with. */
  private void first() {
    int flags = header[0] & 0xff;
    int length = header[1] & LENGTH;
    boolean isFinal = (flags & FINAL) != 0;
    opcode = flags & OPCODE;
    if ((flags & RESERVED) != 0) {
      violation("a frame with reserved bits, though no extension was agreed on");
    } else if ((header[1] & MASKED) != 0) {
      violation("a masked frame");
    } else if ((opcode & CONTROL) != 0 && (length > MAX_CONTROL_BYTES || !isFinal)) {
      violation("a control frame that is too long or in parts");
    } else if (isAllowed()) {
      if ((opcode & CONTROL) == 0) {
        inMessage = !isFinal;
      }
      if (length == LENGTH_IN_16_BITS) {
        headerNeeded = 4;
      } else if (length == LENGTH_IN_64_BITS) {
        headerNeeded = MAX_HEADER_BYTES;
      } else {
        begin(length);
      }
    }
  }

  private boolean isAllowed() {
    switch (opcode) {
      case CONTINUATION -> {
        if (!inMessage) {
          violation("a continuation of no message");
        }
      }
      case BINARY -> {
        if (inMessage) {
          violation("a message within another one");
        }
      }
      case TEXT -> violation(UNSUPPORTED_DATA, "a text message, though NATS is binary");
      case CLOSE, PING, PONG -> {}
      default -> violation("a frame of the unknown kind " + opcode);
    }
    return !ended;
  }

  private long longLength() {
    ByteBuffer view = ByteBuffer.wrap(header);
    return headerLength == MAX_HEADER_BYTES ? view.getLong(2) : view.getShort(2) & 0xffffL;
  }

  private void begin(long length) {
    int smallest =
        switch (headerLength) {
          case 2 -> 0;
          case 4 -> LENGTH_IN_16_BITS;
          default -> 1 << 16;
        };
    if (length < smallest) { // also when the highest of 64 bits is set
      violation("a frame whose length is not written as it must be");
      return;
    }
    headerLength = 0;
    headerNeeded = 2;
    controlLength = 0;
    payloadLeft = length;
    inPayload = length > 0;
    if (!inPayload) {
      end();
    }
  }

  private int payload(byte[] bytes, int from, int to) {
    int count = (int) Math.min(to - from, payloadLeft);
    // before it is handed on, so that the state is whole whatever the handler does
    payloadLeft -= count;
    inPayload = payloadLeft > 0;
    if ((opcode & CONTROL) == 0) {
      handler.onData(bytes, from, from + count);
    } else {
      System.arraycopy(bytes, from, control, controlLength, count);
      controlLength += count;
      if (!inPayload) {
        end();
      }
    }
    return from + count;
  }

  private void end() {
    if (opcode == PING) {
      handler.onPing(Arrays.copyOf(control, controlLength));
    } else if (opcode == CLOSE) {
      close();
    }
  }

  private void close() {
    if (controlLength == 1) {
      violation("a close frame with half a status");
      return;
    }
    if (controlLength == 0) {
      ended = true;
      handler.onClose(NO_STATUS, "");
      return;
    }
    int status = ByteBuffer.wrap(control).getShort() & 0xffff;
    if (!isSendable(status)) {
      violation("a close frame with the status " + status);
      return;
    }
    ended = true;
    handler.onClose(status, new String(control, 2, controlLength - 2, StandardCharsets.UTF_8));
  }

  /** Whether a close frame may have this status (section 7.4). */
  private static boolean isSendable(int status) {
    return status >= 1000 && status <= 1003
        || status >= 1007 && status <= 1014
        || status >= 3000 && status <= 4999;
  }

  private void violation(String what) {
    violation(PROTOCOL_ERROR, what);
  }

  private void violation(int status, String what) {
    ended = true;
    handler.onViolation(status, what);
  }
}
