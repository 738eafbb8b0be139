// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.INFO}.
 *
 * @param offset how many subjects to leave out
 * @param deletedDetails whether to list the sequences of gaps
 * @param subjectsFilter the subjects to count; empty for none
 */
public record StreamInfoRequest(int offset, boolean deletedDetails, String subjectsFilter) {
  /** Reads the object. */
  public static StreamInfoRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiStreamInfoRequest", fields);
    return new StreamInfoRequest(fields.offset, fields.deletedDetails, fields.subjectsFilter);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("offset", offset);
    out.fieldIf("deleted_details", deletedDetails);
    out.fieldIf("subjects_filter", subjectsFilter);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private int offset;
    private boolean deletedDetails;
    private String subjectsFilter = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "offset" -> {
          return in.embedded("ApiPagedRequest", name, this::onPaging);
        }
        case "deleted_details" -> deletedDetails = in.bool();
        case "subjects_filter" -> subjectsFilter = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean onPaging(String name, JsonReader in) {
      offset = in.intValue();
      return true;
    }
  }
}
