// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Instant;

/**
 * A message as it stands in a stream, in the answer of {@code STREAM.MSG.GET}.
 *
 * <p>The arrays are the message's own and are not copied.
 */
public final class StoredMessage {
  private final String subject;
  private final long seq;
  private final byte[] headers;
  private final byte[] data;
  private final Instant time;

  /** Creates the message; without headers or payload the arrays are empty. */
  public StoredMessage(String subject, long seq, byte[] headers, byte[] data, Instant time) {
    this.subject = subject;
    this.seq = seq;
    this.headers = headers;
    this.data = data;
    this.time = time;
  }

  /** The subject it was stored under. */
  public String subject() {
    return subject;
  }

  /** Its sequence in the stream. */
  public long seq() {
    return seq;
  }

  /** The block of headers with its status line; empty if there is none. */
  public byte[] headers() {
    return headers;
  }

  /** The payload. */
  public byte[] data() {
    return data;
  }

  /** When it was stored. */
  public Instant time() {
    return time;
  }

  /** Reads the object. */
  public static StoredMessage read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StoredMsg", fields);
    return new StoredMessage(fields.subject, fields.seq, fields.headers, fields.data, fields.time);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object().field("subject", subject).unsignedField("seq", seq);
    if (headers.length > 0) {
      out.base64Field("hdrs", headers);
    }
    if (data.length > 0) {
      out.base64Field("data", data);
    }
    out.timeField("time", time).end();
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String subject = "";
    private long seq;
    private byte[] headers = OutputBuffer.NO_BYTES;
    private byte[] data = OutputBuffer.NO_BYTES;
    private Instant time = Rfc3339.ZERO;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "subject" -> subject = in.string();
        case "seq" -> seq = in.unsignedLong();
        case "hdrs" -> headers = in.base64();
        case "data" -> data = in.base64();
        case "time" -> time = in.time();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
