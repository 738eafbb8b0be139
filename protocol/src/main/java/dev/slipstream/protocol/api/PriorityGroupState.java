// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;

/**
 * The pinned client of a priority group.
 *
 * @param group the name of the group
 * @param pinnedClientId the id given to the client; empty if none is pinned
 * @param pinnedAt when it was pinned
 */
public record PriorityGroupState(String group, String pinnedClientId, Instant pinnedAt) {
  /** Reads the object. */
  public static PriorityGroupState read(JsonReader in) {
    Fields fields = new Fields();
    in.object("PriorityGroupState", fields);
    return new PriorityGroupState(fields.group, fields.pinnedClientId, fields.pinnedAt);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("group", group);
    out.fieldIf("pinned_client_id", pinnedClientId);
    out.timeField("pinned_ts", pinnedAt);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String group = "";
    private String pinnedClientId = "";
    private Instant pinnedAt = Rfc3339.ZERO;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "group" -> group = in.string();
        case "pinned_client_id" -> pinnedClientId = in.string();
        case "pinned_ts" -> pinnedAt = in.time();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
