// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * How often the JetStream API of an account was used.
 *
 * @param level the level of the API
 * @param total requests
 * @param errors requests that were refused
 * @param inflight requests that are being worked on
 */
public record ApiStats(int level, long total, long errors, long inflight) {
  static final ApiStats ZERO = new ApiStats(0, 0, 0, 0);

  /** Reads the object. */
  public static ApiStats read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JetStreamAPIStats", fields);
    return new ApiStats(fields.level, fields.total, fields.errors, fields.inflight);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("level", level);
    out.unsignedField("total", total);
    out.unsignedField("errors", errors);
    out.unsignedFieldIf("inflight", inflight);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private int level;
    private long total;
    private long errors;
    private long inflight;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "level" -> level = in.intValue();
        case "total" -> total = in.unsignedLong();
        case "errors" -> errors = in.unsignedLong();
        case "inflight" -> inflight = in.unsignedLong();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
