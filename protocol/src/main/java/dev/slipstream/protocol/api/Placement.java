// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;

/**
 * Where in a cluster a stream is to live.
 *
 * @param cluster the name of the cluster
 * @param tags tags that its servers must have
 * @param preferred the server that is to lead; only in step-down requests
 */
public record Placement(String cluster, List<String> tags, String preferred) {
  /** Copies the collections. */
  public Placement {
    tags = List.copyOf(tags);
  }

  /** Reads the object. */
  public static Placement read(JsonReader in) {
    Fields fields = new Fields();
    in.object("Placement", fields);
    return new Placement(fields.cluster, fields.tags, fields.preferred);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.fieldIf("cluster", cluster);
    out.stringsFieldIf("tags", tags);
    out.fieldIf("preferred", preferred);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String cluster = "";
    private List<String> tags = List.of();
    private String preferred = "";

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "cluster" -> cluster = in.string();
        case "tags" -> tags = in.strings();
        case "preferred" -> preferred = in.string();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
