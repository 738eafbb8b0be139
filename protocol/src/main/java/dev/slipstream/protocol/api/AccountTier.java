// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * What an account uses of JetStream, in all or with one number of replicas.
 *
 * @param memory bytes in memory
 * @param storage bytes on disk
 * @param reservedMemory bytes promised to streams in memory
 * @param reservedStorage bytes promised to streams on disk
 * @param streams streams
 * @param consumers consumers
 * @param limits what it may use
 */
public record AccountTier(
    long memory,
    long storage,
    long reservedMemory,
    long reservedStorage,
    int streams,
    int consumers,
    AccountLimits limits) {
  /** Reads the object. */
  public static AccountTier read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JetStreamTier", fields);
    return fields.tier();
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedField("memory", memory);
    out.unsignedField("storage", storage);
    out.unsignedField("reserved_memory", reservedMemory);
    out.unsignedField("reserved_storage", reservedStorage);
    out.field("streams", streams);
    out.field("consumers", consumers);
    limits.write(out.name("limits"));
  }

  static final class Fields implements JsonReader.FieldHandler {
    private long memory;
    private long storage;
    private long reservedMemory;
    private long reservedStorage;
    private int streams;
    private int consumers;
    private AccountLimits limits = AccountLimits.ZERO;

    AccountTier tier() {
      return new AccountTier(
          memory, storage, reservedMemory, reservedStorage, streams, consumers, limits);
    }

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "memory" -> memory = in.unsignedLong();
        case "storage" -> storage = in.unsignedLong();
        case "reserved_memory" -> reservedMemory = in.unsignedLong();
        case "reserved_storage" -> reservedStorage = in.unsignedLong();
        case "streams" -> streams = in.intValue();
        case "consumers" -> consumers = in.intValue();
        case "limits" -> limits = AccountLimits.read(in);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
