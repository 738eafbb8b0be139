// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a publish into a stream.
 *
 * <p>The server answers most publishes with {@link #writeSuccess}, which needs no JSON writer.
 *
 * @param error why the message was refused, or null
 * @param stream the stream that stored it
 * @param domain the domain of the stream
 * @param seq its sequence; for a duplicate that of the first one
 * @param duplicate whether a message with the same id was there already
 * @param value the value of the counter after the message; empty if it is none
 * @param batchId the id of the batch that the message has ended; empty if none
 * @param batchSize the number of messages in that batch
 */
public record PubAck(
    @Nullable ApiError error,
    String stream,
    String domain,
    long seq,
    boolean duplicate,
    String value,
    String batchId,
    long batchSize) {

  private static final byte[] DUPLICATE =
      ",\"duplicate\": true}".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_DIGITS = 20;

  /** The answer that a message was stored. */
  public static PubAck stored(String stream, String domain, long seq) {
    return new PubAck(null, stream, domain, seq, false, "", "", 0);
  }

  /** The answer that a message was refused. */
  public static PubAck refused(ApiError error, String stream) {
    return new PubAck(error, stream, "", 0, false, "", "", 0);
  }

  /**
   * Reads an answer.
   *
   * @throws JsonException if it is none
   */
  public static PubAck parse(byte[] body) {
    if (body.length == 0) {
      throw new JsonException("unexpected end of JSON input");
    }
    return read(JsonReader.of(body));
  }

  /** Reads the object. */
  public static PubAck read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSPubAckResponse", fields);
    return new PubAck(
        fields.error,
        fields.stream,
        fields.domain,
        fields.seq,
        fields.duplicate,
        fields.value,
        fields.batchId,
        fields.batchSize);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    if (error != null) {
      error.write(out.name("error"));
    }
    out.field("stream", stream).unsignedField("seq", seq);
    out.fieldIf("domain", domain).fieldIf("duplicate", duplicate).fieldIf("val", value);
    out.fieldIf("batch", batchId).unsignedFieldIf("count", batchSize).end();
  }

  /** The part of the usual answer before the sequence, made once for a stream. */
  public static byte[] successPrefix(String stream, String domain) {
    JsonWriter out = new JsonWriter().object().field("stream", stream).fieldIf("domain", domain);
    return out.name("seq").toBytes();
  }

  /** How many bytes {@link #writeSuccess} takes at most. */
  public static int maxSuccessLength(byte[] prefix) {
    return prefix.length + MAX_DIGITS + DUPLICATE.length;
  }

  /**
   * Writes the usual answer, as the public server writes it: {@code {"stream":"S","seq":N}}, or
   * with {@code "duplicate": true}.
   *
   * @param prefix the result of {@link #successPrefix}
   * @return the position behind the last byte written
   */
  public static int writeSuccess(
      byte[] prefix, long seq, boolean duplicate, byte[] out, int offset) {
    System.arraycopy(prefix, 0, out, offset, prefix.length);
    int digits = 1;
    for (long rest = Long.divideUnsigned(seq, 10); rest != 0; rest /= 10) {
      digits++;
    }
    int end = offset + prefix.length + digits;
    long rest = Long.divideUnsigned(seq, 10);
    out[end - 1] = (byte) ('0' + (int) (seq - rest * 10));
    for (int at = end - 2; rest != 0; at--) {
      out[at] = (byte) ('0' + (int) (rest % 10));
      rest /= 10;
    }
    if (duplicate) {
      System.arraycopy(DUPLICATE, 0, out, end, DUPLICATE.length);
      return end + DUPLICATE.length;
    }
    out[end] = '}';
    return end + 1;
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private @Nullable ApiError error;
    private String stream = "";
    private String domain = "";
    private long seq;
    private boolean duplicate;
    private String value = "";
    private String batchId = "";
    private long batchSize;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "error" -> error = in.isNull() ? null : ApiError.read(in);
        case "stream" -> stream = in.string();
        case "domain" -> domain = in.string();
        case "seq" -> seq = in.unsignedLong();
        case "duplicate" -> duplicate = in.bool();
        case "val" -> value = in.string();
        case "batch" -> batchId = in.string();
        case "count" -> batchSize = in.unsignedLong();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
