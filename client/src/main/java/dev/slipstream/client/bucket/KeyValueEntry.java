// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What was once done to a key.
 *
 * @param bucket the bucket
 * @param key the key
 * @param operation what was done
 * @param value the value, not copied; empty for what is no {@link Operation#PUT}
 * @param revision the number of the change in the bucket
 * @param time when it was done
 * @param delta how many changes of those that were asked for were behind it when it came; 0 for
 *     what {@code get} answers
 */
@SuppressWarnings("ArrayRecordComponent")
public record KeyValueEntry(
    String bucket,
    String key,
    Operation operation,
    byte[] value,
    long revision,
    Instant time,
    long delta) {
  static final String OPERATION = "KV-Operation";
  private static final String MARKER = "Nats-Marker-Reason";

  /** What was done to a key. */
  public enum Operation {
    /** It got a value. */
    PUT,
    /** It was deleted; what it was before is kept. */
    DELETE,
    /** It was deleted with all that it was before, by a client or because its time was up. */
    PURGE
  }

  /** The value as UTF-8. */
  public String text() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Whether the key has a value since. */
  public boolean isPut() {
    return operation == Operation.PUT;
  }

  static KeyValueEntry of(String bucket, String prefix, StreamMessage message) {
    return new KeyValueEntry(
        bucket,
        message.subject().substring(prefix.length()),
        operation(message.headers()),
        message.payload(),
        message.sequence(),
        message.time(),
        0);
  }

  static KeyValueEntry of(String bucket, String prefix, JsMessage message) {
    MessageInfo info = message.info();
    return new KeyValueEntry(
        bucket,
        message.subject().substring(prefix.length()),
        operation(message.headers()),
        message.payload(),
        info.streamSequence(),
        info.time(),
        info.pending());
  }

  private static Operation operation(Headers headers) {
    String said = headers.first(OPERATION);
    String marker = headers.first(MARKER);
    if ("DEL".equals(said) || "Remove".equals(marker)) {
      return Operation.DELETE;
    }
    return "PURGE".equals(said) || marker != null ? Operation.PURGE : Operation.PUT;
  }
}
