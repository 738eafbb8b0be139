// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * A refusal by the JetStream API. {@link ApiErrors} holds all the server knows.
 *
 * @param code the kind of error, in the manner of HTTP
 * @param errCode what exactly is wrong; what clients decide by
 * @param description the text for people
 */
public record ApiError(int code, int errCode, String description) {
  /** Reads the object. */
  public static ApiError read(JsonReader in) {
    Fields fields = new Fields();
    in.object("ApiError", fields);
    return new ApiError(fields.code, fields.errCode, fields.description);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("code", code);
    out.fieldIf("err_code", errCode);
    out.fieldIf("description", description);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private int code;
    private int errCode;
    private String description = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "code" -> code = in.intValue();
        case "err_code" -> errCode = in.intValue();
        case "description" -> description = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
