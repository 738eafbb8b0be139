// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * What a stream publishes again after it has stored it.
 *
 * @param source the subjects to publish again; empty for all
 * @param destination the subject to publish on
 * @param headersOnly whether the payload is left out
 */
public record Republish(String source, String destination, boolean headersOnly) {
  /** Reads the object. */
  public static Republish read(JsonReader in) {
    Fields fields = new Fields();
    in.object("RePublish", fields);
    return new Republish(fields.source, fields.destination, fields.headersOnly);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.fieldIf("src", source);
    out.field("dest", destination);
    out.fieldIf("headers_only", headersOnly);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String source = "";
    private String destination = "";
    private boolean headersOnly;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "src" -> source = in.string();
        case "dest" -> destination = in.string();
        case "headers_only" -> headersOnly = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
