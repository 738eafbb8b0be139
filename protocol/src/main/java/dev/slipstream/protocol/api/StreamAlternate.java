// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * A stream that can stand in for another one when reading.
 *
 * @param name the name of the stream
 * @param domain its domain
 * @param cluster its cluster
 */
public record StreamAlternate(String name, String domain, String cluster) {
  /** Reads the object. */
  public static StreamAlternate read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamAlternate", fields);
    return new StreamAlternate(fields.name, fields.domain, fields.cluster);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("name", name);
    out.fieldIf("domain", domain);
    out.field("cluster", cluster);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String domain = "";
    private String cluster = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "domain" -> domain = in.string();
        case "cluster" -> cluster = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
