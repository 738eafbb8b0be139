// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The durable consumer through which a stream is mirrored or sourced.
 *
 * @param name its name
 * @param deliverSubject the subject it delivers to
 */
public record SourceConsumer(String name, String deliverSubject) {
  /** Reads the object. */
  public static SourceConsumer read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamConsumerSource", fields);
    return new SourceConsumer(fields.name, fields.deliverSubject);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.fieldIf("name", name);
    out.fieldIf("deliver_subject", deliverSubject);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String deliverSubject = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "deliver_subject" -> deliverSubject = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
