// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of {@code STREAM.CREATE} and {@code STREAM.UPDATE}.
 *
 * @param config the configuration wanted
 * @param pedantic whether the server refuses what it would otherwise adjust
 */
public record StreamConfigRequest(StreamConfig config, boolean pedantic) {

  /** Reads the object. */
  public static StreamConfigRequest read(JsonReader in) {
    StreamConfig.Builder config = StreamConfig.builder("");
    boolean[] pedantic = {false};
    in.object(
        "StreamConfigRequest",
        (field, value) -> {
          if (field.equals("pedantic")) {
            pedantic[0] = value.bool();
            return true;
          }
          return value.embedded(
              "StreamConfig", field, (name, in2) -> StreamConfigJson.field(config, name, in2));
        });
    return new StreamConfigRequest(config.build(), pedantic[0]);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    StreamConfigJson.write(config, out);
    out.fieldIf("pedantic", pedantic);
    out.end();
  }
}
