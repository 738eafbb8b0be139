// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The way to a stream in another account or domain.
 *
 * @param api the prefix of its API
 * @param deliver the prefix of the subjects it delivers to
 */
public record ExternalStream(String api, String deliver) {
  /** The way to a stream in a JetStream domain. Source: ADR-1. */
  public static ExternalStream domain(String domain) {
    return new ExternalStream("$JS." + domain + ".API", "");
  }

  /** Reads the object. */
  public static ExternalStream read(JsonReader in) {
    Fields fields = new Fields();
    in.object("ExternalStream", fields);
    return new ExternalStream(fields.api, fields.deliver);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("api", api);
    out.field("deliver", deliver);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String api = "";
    private String deliver = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "api" -> api = in.string();
        case "deliver" -> deliver = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
