// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * What an account may use of JetStream; -1 stands for any amount.
 *
 * @param maxMemory bytes of streams in memory
 * @param maxStorage bytes of streams on disk
 * @param maxStreams streams
 * @param maxConsumers consumers
 * @param maxAckPending messages of a consumer that may wait for their acknowledgement
 * @param memoryMaxStreamBytes bytes of one stream in memory
 * @param storageMaxStreamBytes bytes of one stream on disk
 * @param maxBytesRequired whether every stream needs a limit in bytes
 */
public record AccountLimits(
    long maxMemory,
    long maxStorage,
    int maxStreams,
    int maxConsumers,
    int maxAckPending,
    long memoryMaxStreamBytes,
    long storageMaxStreamBytes,
    boolean maxBytesRequired) {
  /** No limits. */
  public static final AccountLimits UNLIMITED =
      new AccountLimits(-1, -1, -1, -1, -1, -1, -1, false);

  static final AccountLimits ZERO = new AccountLimits(0, 0, 0, 0, 0, 0, 0, false);

  /** Reads the object. */
  public static AccountLimits read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JetStreamAccountLimits", fields);
    return new AccountLimits(
        fields.maxMemory,
        fields.maxStorage,
        fields.maxStreams,
        fields.maxConsumers,
        fields.maxAckPending,
        fields.memoryMaxStreamBytes,
        fields.storageMaxStreamBytes,
        fields.maxBytesRequired);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("max_memory", maxMemory);
    out.field("max_storage", maxStorage);
    out.field("max_streams", maxStreams);
    out.field("max_consumers", maxConsumers);
    out.field("max_ack_pending", maxAckPending);
    out.field("memory_max_stream_bytes", memoryMaxStreamBytes);
    out.field("storage_max_stream_bytes", storageMaxStreamBytes);
    out.field("max_bytes_required", maxBytesRequired);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long maxMemory;
    private long maxStorage;
    private int maxStreams;
    private int maxConsumers;
    private int maxAckPending;
    private long memoryMaxStreamBytes;
    private long storageMaxStreamBytes;
    private boolean maxBytesRequired;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "max_memory" -> maxMemory = in.longValue();
        case "max_storage" -> maxStorage = in.longValue();
        case "max_streams" -> maxStreams = in.intValue();
        case "max_consumers" -> maxConsumers = in.intValue();
        case "max_ack_pending" -> maxAckPending = in.intValue();
        case "memory_max_stream_bytes" -> memoryMaxStreamBytes = in.longValue();
        case "storage_max_stream_bytes" -> storageMaxStreamBytes = in.longValue();
        case "max_bytes_required" -> maxBytesRequired = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
