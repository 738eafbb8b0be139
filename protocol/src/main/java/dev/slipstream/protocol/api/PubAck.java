// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a publish into a stream: where it was stored, or why it was refused.
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
  private static final byte[] END = {'}'};

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

  /**
   * Writes the usual answer, as the public server writes it: {@code {"stream":"S","seq":N}}, or
   * with {@code "duplicate": true}.
   *
   * @param prefix the result of {@link #successPrefix}
   */
  public static void writeSuccess(OutputBuffer out, byte[] prefix, long seq, boolean duplicate) {
    out.put(prefix).putDecimal(seq).put(duplicate ? DUPLICATE : END);
  }

  /** Writes the answer of a stream that counts, with the value of the counter. */
  public static void writeCounted(OutputBuffer out, byte[] prefix, long seq, String value) {
    out.put(prefix).putDecimal(seq).put(",\"val\":\"").put(value).put("\"}");
  }

  /** Writes the answer to the message that ends a batch of {@code count} messages. */
  public static void writeBatch(
      OutputBuffer out, byte[] prefix, long seq, boolean duplicate, String batchId, long count) {
    out.put(prefix).putDecimal(seq);
    if (duplicate) {
      out.put(DUPLICATE, 0, DUPLICATE.length - END.length);
    }
    out.put(",\"batch\":")
        .put(new JsonWriter().value(batchId).toString())
        .put(",\"count\":")
        .putDecimal(count);
    out.put(END);
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
