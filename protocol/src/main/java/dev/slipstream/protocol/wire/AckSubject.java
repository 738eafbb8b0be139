// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import dev.slipstream.protocol.subject.Subject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The reply subject of a delivered message, which carries where it came from: {@code
 * $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>}.
 *
 * <p>The longer form {@code $JS.ACK.<domain or _>.<account hash>.<stream>.…} is read too, with
 * tokens behind it ignored. Source: ADR-15, ADR-37.
 *
 * @param domain the JetStream domain; empty in the short form and for {@code _}
 * @param stream the stream's name
 * @param consumer the consumer's name
 * @param delivered how often the message was delivered, this time counted; from 1
 * @param streamSeq the message's sequence in the stream
 * @param consumerSeq the delivery's sequence in the consumer
 * @param epochNanos when the message was stored
 * @param pending messages that match the consumer's filter after this one
 */
public record AckSubject(
    String domain,
    String stream,
    String consumer,
    long delivered,
    long streamSeq,
    long consumerSeq,
    long epochNanos,
    long pending) {

  /** What every ack subject begins with. */
  public static final String PREFIX = "$JS.ACK.";

  private static final int SHORT_TOKENS = 9;
  private static final int LONG_TOKENS = 11;

  /** Appends a short ack subject; {@code prefix} is {@code $JS.ACK.<stream>.<consumer>.}. */
  public static void write(
      OutputBuffer out,
      byte[] prefix,
      long delivered,
      long streamSeq,
      long consumerSeq,
      long epochNanos,
      long pending) {
    out.put(prefix).putDecimal(delivered).put('.').putDecimal(streamSeq).put('.');
    out.putDecimal(consumerSeq).put('.').putDecimal(epochNanos).put('.').putDecimal(pending);
  }

  /** Reads an ack subject; null when the text is none. */
  public static @Nullable AckSubject parse(String subject) {
    if (!subject.startsWith(PREFIX)) {
      return null;
    }
    String[] tokens = Subject.tokens(subject);
    boolean isLong = tokens.length >= LONG_TOKENS;
    if (!isLong && tokens.length != SHORT_TOKENS) {
      return null;
    }
    int at = isLong ? 4 : 2;
    try {
      return new AckSubject(
          isLong && !tokens[2].equals("_") ? tokens[2] : "",
          tokens[at],
          tokens[at + 1],
          Long.parseLong(tokens[at + 2]),
          Long.parseLong(tokens[at + 3]),
          Long.parseLong(tokens[at + 4]),
          Long.parseLong(tokens[at + 5]),
          Long.parseLong(tokens[at + 6]));
    } catch (NumberFormatException notAnAckSubject) {
      return null;
    }
  }

  /** As {@link #parse(String)} for a range of bytes. */
  public static @Nullable AckSubject parse(byte[] bytes, int from, int to) {
    return parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
  }
}
