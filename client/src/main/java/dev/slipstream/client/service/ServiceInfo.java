// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;

/**
 * What an instance of a service offers: the answer to {@code INFO}. Source: ADR-32.
 *
 * @param identity which instance
 * @param description what the service is for
 * @param endpoints how it is asked
 */
public record ServiceInfo(
    ServiceIdentity identity, String description, List<EndpointInfo> endpoints) {
  static final String TYPE = "io.nats.micro.v1.info_response";

  /** Keeps a copy. */
  public ServiceInfo {
    endpoints = List.copyOf(endpoints);
  }

  /** The whole answer. */
  byte[] toBytes() {
    JsonWriter out = new JsonWriter().object();
    identity.write(out);
    out.field("type", TYPE).field("description", description).name("endpoints").array();
    endpoints.forEach(each -> each.write(out));
    return out.endArray().end().toBytes();
  }

  /** Reads the answer. */
  static ServiceInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object(fields);
    return new ServiceInfo(fields.identity.identity(), fields.description, fields.endpoints);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private final ServiceIdentity.Fields identity = new ServiceIdentity.Fields();
    private String description = "";
    private List<EndpointInfo> endpoints = List.of();

    @Override
    public boolean onField(String field, JsonReader in) {
      switch (field) {
        case "description" -> description = in.string();
        case "endpoints" -> endpoints = in.list("[]micro.EndpointInfo", EndpointInfo::read);
        default -> {
          return identity.onField(field, in);
        }
      }
      return true;
    }
  }
}
