// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * A server of a cluster that holds a copy of a stream or consumer.
 *
 * @param name the name of the server
 * @param current whether it has everything
 * @param offline whether it was not seen for long
 * @param activeNanos the time since it was seen, in nanoseconds
 * @param lag how many operations it is behind
 * @param peer its id
 * @param pending whether it is only about to join or leave
 */
public record PeerInfo(
    String name,
    boolean current,
    boolean offline,
    long activeNanos,
    long lag,
    String peer,
    boolean pending) {
  /** Reads the object. */
  public static PeerInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("PeerInfo", fields);
    return new PeerInfo(
        fields.name,
        fields.current,
        fields.offline,
        fields.activeNanos,
        fields.lag,
        fields.peer,
        fields.pending);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("name", name);
    out.field("current", current);
    out.fieldIf("offline", offline);
    out.field("active", activeNanos);
    out.unsignedFieldIf("lag", lag);
    out.field("peer", peer);
    out.fieldIf("pending", pending);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private boolean current;
    private boolean offline;
    private long activeNanos;
    private long lag;
    private String peer = "";
    private boolean pending;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "current" -> current = in.bool();
        case "offline" -> offline = in.bool();
        case "active" -> activeNanos = in.nanos();
        case "lag" -> lag = in.unsignedLong();
        case "peer" -> peer = in.string();
        case "pending" -> pending = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
