// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a pull: a message without payload to the pull's own subject.
 *
 * @param pull the number of the pull
 * @param restMessages what the pull was still good for; -1 when it is not said
 * @param restBytes bytes of that; -1 when it is not said
 */
record PullStatus(long pull, int code, String text, long restMessages, long restBytes) {
  private static final byte[] MESSAGES =
      "Nats-Pending-Messages".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BYTES = "Nats-Pending-Bytes".getBytes(StandardCharsets.US_ASCII);

  /** Reads a frame that came to a subject below {@code inbox}; null when it is a message. */
  static @Nullable PullStatus of(MessageFrame frame, byte[] inbox) {
    int numberFrom = frame.subjectStart + inbox.length;
    if (frame.headersLength() == 0
        || numberFrom >= frame.subjectEnd
        || !Arrays.equals(frame.line, frame.subjectStart, numberFrom, inbox, 0, inbox.length)) {
      return null;
    }
    Status status = Status.of(frame.body, frame.headersStart, frame.payloadStart);
    if (status == null) {
      return null;
    }
    return new PullStatus(
        InboxNumber.of(frame, inbox.length),
        status.code(),
        status.description(),
        header(frame, MESSAGES),
        header(frame, BYTES));
  }

  private static long header(MessageFrame frame, byte[] key) {
    String value = HeaderBlock.get(frame.body, frame.headersStart, frame.payloadStart, key);
    if (value == null) {
      return -1;
    }
    byte[] digits = value.getBytes(StandardCharsets.US_ASCII);
    return InboxNumber.parse(digits, 0, digits.length);
  }
}
