// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The status of a message without payload: {@code NATS/1.0 404 No Messages}.
 *
 * <p>Source: ADR-4 (headers), ADR-13 and ADR-37 (pull statuses).
 *
 * @param code 100 heartbeat or flow control, 204 end of batch, 400, 404, 408, 409, 412, 423, 503
 * @param description the text behind the code; empty when there is none
 */
public record Status(int code, String description) {
  /** Nothing listened to a request. */
  public static final int NO_RESPONDERS = 503;

  /** The header block of this status, with further header lines ("Key: value" pairs) behind it. */
  public byte[] headerBlock(String... keysAndValues) {
    OutputBuffer block = new OutputBuffer(64).put(HeaderBlock.VERSION);
    write(block);
    return HeaderBlock.putLines(block.putLineEnd(), keysAndValues).putLineEnd().toBytes();
  }

  /** Appends what stands behind the version in the first line of a header block. */
  void write(OutputBuffer line) {
    line.put(' ').putDecimal(code);
    if (!description.isEmpty()) {
      line.put(' ').put(description);
    }
  }

  /** The status in the first line of a header block, or null when it has none. */
  public static @Nullable Status of(byte[] bytes, int from, int to) {
    int at = from + HeaderBlock.VERSION.length;
    while (at < to && bytes[at] == ' ') {
      at++;
    }
    int end = at;
    while (end < to && bytes[end] != '\r' && bytes[end] != '\n') {
      end++;
    }
    if (end - at < 3) {
      return null;
    }
    int code = 0;
    for (int i = at; i < at + 3; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      code = code * 10 + digit;
    }
    return new Status(
        code, new String(bytes, at + 3, end - at - 3, StandardCharsets.UTF_8).strip());
  }
}
