// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.RESTORE}.
 *
 * @param config the configuration the stream had
 * @param state what it held
 */
public record RestoreRequest(StreamConfig config, StreamState state) {
  /** Reads the object. */
  public static RestoreRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiStreamRestoreRequest", fields);
    return new RestoreRequest(fields.config, fields.state);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    config.write(out.name("config"));
    state.write(out.name("state"));
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private StreamConfig config = StreamConfig.builder("").build();
    private StreamState state = StreamState.EMPTY;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "config" -> config = StreamConfig.read(in);
        case "state" -> state = StreamState.read(in);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
