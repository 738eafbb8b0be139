// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.PURGE}; {@code seq} and {@code keep} exclude each other.
 *
 * @param seq the first sequence to keep; 0 if not given
 * @param filter the subjects to purge; empty for all
 * @param keep how many messages to keep; 0 if not given
 */
public record PurgeRequest(long seq, String filter, long keep) {
  /** Reads the object. */
  public static PurgeRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiStreamPurgeRequest", fields);
    return new PurgeRequest(fields.seq, fields.filter, fields.keep);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedFieldIf("seq", seq);
    out.fieldIf("filter", filter);
    out.unsignedFieldIf("keep", keep);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long seq;
    private String filter = "";
    private long keep;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "seq" -> seq = in.unsignedLong();
        case "filter" -> filter = in.string();
        case "keep" -> keep = in.unsignedLong();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
