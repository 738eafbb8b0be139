// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * A rule that turns subjects into others: what matches {@code source} is written as {@code
 * destination}, whose {@code {{wildcard(n)}}} and like functions take tokens over.
 *
 * @param source the subject to match, which may hold wildcards
 * @param destination the subject to make of it
 */
public record SubjectTransform(String source, String destination) {
  /** Reads the object. */
  public static SubjectTransform read(JsonReader in) {
    Fields fields = new Fields();
    in.object("SubjectTransformConfig", fields);
    return new SubjectTransform(fields.source, fields.destination);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("src", source);
    out.field("dest", destination);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String source = "";
    private String destination = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "src" -> source = in.string();
        case "dest" -> destination = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
