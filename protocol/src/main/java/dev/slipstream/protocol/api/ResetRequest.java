// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code CONSUMER.RESET}.
 *
 * @param seq the sequence to go on with; 0 for the one after the acknowledged
 */
public record ResetRequest(long seq) {
  /** Reads the object. */
  public static ResetRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiConsumerResetRequest", fields);
    return new ResetRequest(fields.seq);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedFieldIf("seq", seq);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long seq;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "seq" -> seq = in.unsignedLong();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
