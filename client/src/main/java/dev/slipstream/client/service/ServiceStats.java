// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.List;

/**
 * What an instance of a service has done: the answer to {@code STATS}. Source: ADR-32.
 *
 * @param identity which instance
 * @param started since when it counts
 * @param endpoints the counts
 */
public record ServiceStats(
    ServiceIdentity identity, Instant started, List<EndpointStats> endpoints) {
  static final String TYPE = "io.nats.micro.v1.stats_response";

  /** Keeps a copy. */
  public ServiceStats {
    endpoints = List.copyOf(endpoints);
  }

  /** The whole answer. */
  byte[] toBytes() {
    JsonWriter out = new JsonWriter().object();
    identity.write(out);
    out.field("type", TYPE).timeField("started", started).name("endpoints").array();
    endpoints.forEach(each -> each.write(out));
    return out.endArray().end().toBytes();
  }

  /** Reads the answer. */
  static ServiceStats read(JsonReader in) {
    Fields fields = new Fields();
    in.object(fields);
    return new ServiceStats(fields.identity.identity(), fields.started, fields.endpoints);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private final ServiceIdentity.Fields identity = new ServiceIdentity.Fields();
    private Instant started = Rfc3339.ZERO;
    private List<EndpointStats> endpoints = List.of();

    @Override
    public boolean onField(String field, JsonReader in) {
      switch (field) {
        case "started" -> started = in.time();
        case "endpoints" -> endpoints = in.list("[]micro.EndpointStats", EndpointStats::read);
        default -> {
          return identity.onField(field, in);
        }
      }
      return true;
    }
  }
}
