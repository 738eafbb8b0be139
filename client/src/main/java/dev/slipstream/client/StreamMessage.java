// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A message as it stands in a stream.
 *
 * @param subject the subject it was stored under
 * @param sequence its place in the stream
 * @param time when it was stored
 * @param headers its headers
 * @param payload its payload, not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record StreamMessage(
    String subject, long sequence, Instant time, Headers headers, byte[] payload) {

  /** The payload as UTF-8. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }
}
