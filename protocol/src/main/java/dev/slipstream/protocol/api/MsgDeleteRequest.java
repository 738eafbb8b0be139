// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.MSG.DELETE}.
 *
 * @param seq the sequence of the message
 * @param noErase whether its bytes may stay on disk
 */
public record MsgDeleteRequest(long seq, boolean noErase) {
  /** Reads the object. */
  public static MsgDeleteRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiMsgDeleteRequest", fields);
    return new MsgDeleteRequest(fields.seq, fields.noErase);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedField("seq", seq);
    out.fieldIf("no_erase", noErase);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long seq;
    private boolean noErase;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "seq" -> seq = in.unsignedLong();
        case "no_erase" -> noErase = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
