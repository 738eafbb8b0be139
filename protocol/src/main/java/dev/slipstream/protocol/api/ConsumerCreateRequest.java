// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code CONSUMER.CREATE} and {@code CONSUMER.DURABLE.CREATE}.
 *
 * @param streamName the stream; has to agree with the subject of the request
 * @param config the configuration wanted
 * @param action whether the consumer may, must or must not exist
 * @param pedantic whether the server refuses what it would otherwise adjust
 */
public record ConsumerCreateRequest(
    String streamName, ConsumerConfig config, Action action, boolean pedantic) {

  /** Whether the consumer may, must or must not exist. */
  public enum Action {
    /** It may exist. */
    CREATE_OR_UPDATE(""),

    /** It must not exist with another configuration. */
    CREATE("create"),

    /** It must exist. */
    UPDATE("update");

    private final String wireName;

    Action(String wireName) {
      this.wireName = wireName;
    }

    /** The word that stands for it in JSON. */
    public String wireName() {
      return wireName;
    }

    /** Reads the word; an unknown one ends the reading. */
    public static Action read(JsonReader in) {
      return in.word(Action::ofWireName, "unknown consumer action: %s");
    }

    private static @Nullable Action ofWireName(String word) {
      for (Action action : values()) {
        if (action.wireName.equals(word)) {
          return action;
        }
      }
      return null;
    }
  }

  /** The same request for another configuration. */
  public ConsumerCreateRequest withConfig(ConsumerConfig other) {
    return new ConsumerCreateRequest(streamName, other, action, pedantic);
  }

  /** A request that does not care whether the consumer exists. */
  public static ConsumerCreateRequest of(String streamName, ConsumerConfig config) {
    return new ConsumerCreateRequest(streamName, config, Action.CREATE_OR_UPDATE, false);
  }

  /** Reads the object. */
  public static ConsumerCreateRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("CreateConsumerRequest", fields);
    return new ConsumerCreateRequest(
        fields.streamName, fields.config, fields.action, fields.pedantic);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object().field("stream_name", streamName);
    config.write(out.name("config"));
    out.field("action", action.wireName()).fieldIf("pedantic", pedantic).end();
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String streamName = "";
    private ConsumerConfig config = ConsumerConfig.builder().build();
    private Action action = Action.CREATE_OR_UPDATE;
    private boolean pedantic;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "stream_name" -> streamName = in.string();
        case "config" -> config = ConsumerConfig.read(in);
        case "action" -> action = Action.read(in);
        case "pedantic" -> pedantic = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
