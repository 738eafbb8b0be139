// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;

/**
 * Messages that a stream should have and can not read any more.
 *
 * @param seqs their sequences
 * @param bytes their size
 */
public record LostMessages(List<Long> seqs, long bytes) {
  /** Copies the collections. */
  public LostMessages {
    seqs = List.copyOf(seqs);
  }

  /** Reads the object. */
  public static LostMessages read(JsonReader in) {
    Fields fields = new Fields();
    in.object("LostStreamData", fields);
    return new LostMessages(fields.seqs, fields.bytes);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedsField("msgs", seqs);
    out.unsignedField("bytes", bytes);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private List<Long> seqs = List.of();
    private long bytes;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "msgs" -> seqs = in.unsignedLongs();
        case "bytes" -> bytes = in.unsignedLong();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
