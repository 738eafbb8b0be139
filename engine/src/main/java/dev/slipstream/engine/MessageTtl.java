// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.store.MessageCodec;
import java.util.Locale;

/**
 * The age limit that a message brings along in {@code Nats-TTL}: a number of seconds, a duration of
 * at least one as Go writes it, or {@code never}. Source: ADR-43.
 */
final class MessageTtl {
  /** What is no limit. */
  static final int INVALID = Integer.MIN_VALUE;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private MessageTtl() {}

  /** The same of the header block {@code bytes[from..to]}. */
  static int seconds(byte[] bytes, int from, int to) {
    String ttl = from == to ? null : HeaderBlock.get(bytes, from, to, IngestHeaders.TTL);
    return ttl == null || ttl.isEmpty() ? MessageCodec.NO_TTL : seconds(ttl);
  }

  /**
   * The seconds that a header says, rounded down and at most what an int holds (68 years); {@link
   * MessageCodec#NO_TTL}, {@link MessageCodec#NEVER_TOO_OLD} or {@link #INVALID}.
   */
  static int seconds(String header) {
    if (header.toLowerCase(Locale.ROOT).equals("never")) {
      return MessageCodec.NEVER_TOO_OLD;
    }
    long seconds;
    try {
      boolean digits = header.chars().allMatch(each -> each >= '0' && each <= '9');
      if (digits && !header.equals("0")) { // which is a duration, and a short one
        seconds = Long.parseLong(header);
      } else {
        seconds = GoDuration.parse(header) / SECOND_NANOS;
        if (seconds < 1) {
          return INVALID;
        }
      }
    } catch (NumberFormatException neither) {
      return INVALID;
    }
    return (int) Math.min(Integer.MAX_VALUE, seconds);
  }
}
