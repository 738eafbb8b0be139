// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.Map;

/**
 * How an endpoint is asked.
 *
 * @param name its name
 * @param subject its whole subject
 * @param queueGroup whose members share its requests; empty for none
 * @param metadata what it carries along
 */
public record EndpointInfo(
    String name, String subject, String queueGroup, Map<String, String> metadata) {

  /** Keeps a copy. */
  public EndpointInfo {
    metadata = Map.copyOf(metadata);
  }

  void write(JsonWriter out) {
    out.object()
        .field("name", name)
        .field("subject", subject)
        .field("queue_group", queueGroup)
        .stringMapField("metadata", metadata)
        .end();
  }

  static EndpointInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object(fields);
    return new EndpointInfo(fields.name, fields.subject, fields.queueGroup, fields.metadata);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String subject = "";
    private String queueGroup = "";
    private Map<String, String> metadata = Map.of();

    @Override
    public boolean onField(String field, JsonReader in) {
      switch (field) {
        case "name" -> name = in.string();
        case "subject" -> subject = in.string();
        case "queue_group" -> queueGroup = in.string();
        case "metadata" -> metadata = in.stringMap();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
