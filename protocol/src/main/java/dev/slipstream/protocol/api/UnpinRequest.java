// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code CONSUMER.UNPIN}.
 *
 * @param group the priority group
 */
public record UnpinRequest(String group) {
  /** Reads the object. */
  public static UnpinRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiConsumerUnpinRequest", fields);
    return new UnpinRequest(fields.group);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("group", group);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String group = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "group" -> group = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
