// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.Map;

/**
 * Which instance of which service: the answer to {@code PING}, and a part of all others. Source:
 * ADR-32.
 *
 * @param name the service
 * @param id the instance
 * @param version the service's version, by semver.org
 * @param metadata what it carries along
 */
public record ServiceIdentity(
    String name, String id, String version, Map<String, String> metadata) {
  static final String PING_TYPE = "io.nats.micro.v1.ping_response";

  /** Keeps a copy. */
  public ServiceIdentity {
    metadata = Map.copyOf(metadata);
  }

  /** The whole answer to {@code PING}. */
  byte[] toBytes() {
    JsonWriter out = new JsonWriter().object();
    write(out);
    return out.field("type", PING_TYPE).end().toBytes();
  }

  /** Writes the fields into an object. */
  void write(JsonWriter out) {
    out.field("name", name)
        .field("id", id)
        .field("version", version)
        .stringMapField("metadata", metadata);
  }

  /** Reads the answer to {@code PING}. */
  static ServiceIdentity read(JsonReader in) {
    Fields fields = new Fields();
    in.object(fields);
    return fields.identity();
  }

  /** Collects the fields, also for objects that have more. */
  static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String id = "";
    private String version = "";
    private Map<String, String> metadata = Map.of();

    @Override
    public boolean onField(String field, JsonReader in) {
      switch (field) {
        case "name" -> name = in.string();
        case "id" -> id = in.string();
        case "version" -> version = in.string();
        case "metadata" -> metadata = in.stringMap();
        default -> {
          return false;
        }
      }
      return true;
    }

    ServiceIdentity identity() {
      return new ServiceIdentity(name, id, version, metadata);
    }
  }
}
