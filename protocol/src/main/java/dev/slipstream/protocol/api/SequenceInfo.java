// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place in a consumer and in its stream.
 *
 * @param consumerSeq the number of the delivery
 * @param streamSeq the sequence of the message
 * @param lastActive when it was reached, or null
 */
public record SequenceInfo(long consumerSeq, long streamSeq, @Nullable Instant lastActive) {
  /** Before everything. */
  public static final SequenceInfo ZERO = new SequenceInfo(0, 0, null);

  /** Reads the object. */
  public static SequenceInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("SequenceInfo", fields);
    return new SequenceInfo(fields.consumerSeq, fields.streamSeq, fields.lastActive);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedField("consumer_seq", consumerSeq);
    out.unsignedField("stream_seq", streamSeq);
    if (lastActive != null) {
      out.timeField("last_active", lastActive);
    }
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long consumerSeq;
    private long streamSeq;
    private @Nullable Instant lastActive;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "consumer_seq" -> consumerSeq = in.unsignedLong();
        case "stream_seq" -> streamSeq = in.unsignedLong();
        case "last_active" -> lastActive = in.optionalTime();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
