// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.SNAPSHOT}.
 *
 * @param deliverSubject where the parts are sent
 * @param noConsumers whether consumers are left out
 * @param chunkSize bytes in a part; 0 for the default
 * @param windowSize bytes that may be under way; 0 for the default
 * @param checkMessages whether every message is checked first
 */
public record SnapshotRequest(
    String deliverSubject,
    boolean noConsumers,
    int chunkSize,
    int windowSize,
    boolean checkMessages) {
  /** Reads the object. */
  public static SnapshotRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiStreamSnapshotRequest", fields);
    return new SnapshotRequest(
        fields.deliverSubject,
        fields.noConsumers,
        fields.chunkSize,
        fields.windowSize,
        fields.checkMessages);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("deliver_subject", deliverSubject);
    out.fieldIf("no_consumers", noConsumers);
    out.fieldIf("chunk_size", chunkSize);
    out.fieldIf("window_size", windowSize);
    out.fieldIf("jsck", checkMessages);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String deliverSubject = "";
    private boolean noConsumers;
    private int chunkSize;
    private int windowSize;
    private boolean checkMessages;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "deliver_subject" -> deliverSubject = in.string();
        case "no_consumers" -> noConsumers = in.bool();
        case "chunk_size" -> chunkSize = in.intValue();
        case "window_size" -> windowSize = in.intValue();
        case "jsck" -> checkMessages = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
