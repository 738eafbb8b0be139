// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * Bounds and defaults that a stream sets for its consumers.
 *
 * @param inactiveThresholdNanos how long a consumer may be idle, in nanoseconds
 * @param maxAckPending how many messages may wait for their acknowledgement
 */
public record ConsumerLimits(long inactiveThresholdNanos, int maxAckPending) {
  /** No limits. */
  public static final ConsumerLimits NONE = new ConsumerLimits(0, 0);

  /** Reads the object. */
  public static ConsumerLimits read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamConsumerLimits", fields);
    return new ConsumerLimits(fields.inactiveThresholdNanos, fields.maxAckPending);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.fieldIf("inactive_threshold", inactiveThresholdNanos);
    out.fieldIf("max_ack_pending", maxAckPending);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long inactiveThresholdNanos;
    private int maxAckPending;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "inactive_threshold" -> inactiveThresholdNanos = in.nanos();
        case "max_ack_pending" -> maxAckPending = in.intValue();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
