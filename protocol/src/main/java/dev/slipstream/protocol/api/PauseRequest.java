// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code CONSUMER.PAUSE}.
 *
 * @param pauseUntil when to go on; null to go on at once
 */
public record PauseRequest(@Nullable Instant pauseUntil) {
  /** Reads the object. */
  public static PauseRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiConsumerPauseRequest", fields);
    return new PauseRequest(fields.pauseUntil);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    if (pauseUntil != null) {
      out.timeField("pause_until", pauseUntil);
    }
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private @Nullable Instant pauseUntil;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "pause_until" -> pauseUntil = in.optionalTime();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
