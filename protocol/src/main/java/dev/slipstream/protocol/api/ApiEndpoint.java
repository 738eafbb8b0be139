// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the JetStream API: the words of their subjects behind the prefix, what follows
 * these words, and the type that their answers carry.
 */
public enum ApiEndpoint {
  /** What the account uses. */
  INFO("INFO", Form.PLAIN, "account_info"),
  /** Creates a stream. */
  STREAM_CREATE("STREAM.CREATE", Form.STREAM, "stream_create"),
  /** Changes a stream. */
  STREAM_UPDATE("STREAM.UPDATE", Form.STREAM, "stream_update"),
  /** Lists the names of streams. */
  STREAM_NAMES("STREAM.NAMES", Form.PLAIN, "stream_names"),
  /** Lists streams. */
  STREAM_LIST("STREAM.LIST", Form.PLAIN, "stream_list"),
  /** Describes a stream. */
  STREAM_INFO("STREAM.INFO", Form.STREAM, "stream_info"),
  /** Deletes a stream. */
  STREAM_DELETE("STREAM.DELETE", Form.STREAM, "stream_delete"),
  /** Drops messages of a stream. */
  STREAM_PURGE("STREAM.PURGE", Form.STREAM, "stream_purge"),
  /** Gets a message. */
  STREAM_MSG_GET("STREAM.MSG.GET", Form.STREAM, "stream_msg_get"),
  /** Deletes a message. */
  STREAM_MSG_DELETE("STREAM.MSG.DELETE", Form.STREAM, "stream_msg_delete"),
  /** Sends a copy of a stream. */
  STREAM_SNAPSHOT("STREAM.SNAPSHOT", Form.STREAM, "stream_snapshot"),
  /** Takes such a copy. */
  STREAM_RESTORE("STREAM.RESTORE", Form.STREAM, "stream_restore"),
  /** Asks the leader of a stream to step down. */
  STREAM_LEADER_STEPDOWN("STREAM.LEADER.STEPDOWN", Form.STREAM, "stream_leader_stepdown"),
  /** Takes a server from a stream. */
  STREAM_PEER_REMOVE("STREAM.PEER.REMOVE", Form.STREAM, "stream_remove_peer"),
  /** Moves a stream away from a server. */
  STREAM_PEER_EVACUATE("STREAM.PEER.EVACUATE", Form.STREAM, "stream_evacuate_peer"),
  /** Takes a move of a stream back. */
  STREAM_CANCEL_MOVE("STREAM.CANCEL_MOVE", Form.STREAM, "stream_cancel_move"),
  /** Creates or changes a consumer. */
  CONSUMER_CREATE("CONSUMER.CREATE", Form.STREAM_AND_REST, "consumer_create"),
  /** Creates or changes a durable consumer, in the older form. */
  CONSUMER_DURABLE_CREATE("CONSUMER.DURABLE.CREATE", Form.CONSUMER, "consumer_create"),
  /** Lists the names of a stream's consumers. */
  CONSUMER_NAMES("CONSUMER.NAMES", Form.STREAM, "consumer_names"),
  /** Lists a stream's consumers. */
  CONSUMER_LIST("CONSUMER.LIST", Form.STREAM, "consumer_list"),
  /** Describes a consumer. */
  CONSUMER_INFO("CONSUMER.INFO", Form.CONSUMER, "consumer_info"),
  /** Deletes a consumer. */
  CONSUMER_DELETE("CONSUMER.DELETE", Form.CONSUMER, "consumer_delete"),
  /** Pauses a consumer or lets it go on. */
  CONSUMER_PAUSE("CONSUMER.PAUSE", Form.CONSUMER, "consumer_pause"),
  /** Takes the pin from a client. */
  CONSUMER_UNPIN("CONSUMER.UNPIN", Form.CONSUMER, "consumer_unpin"),
  /** Sets a consumer back or forth. */
  CONSUMER_RESET("CONSUMER.RESET", Form.CONSUMER, "consumer_reset"),
  /** Asks a consumer for messages; answered by messages. */
  CONSUMER_MSG_NEXT("CONSUMER.MSG.NEXT", Form.CONSUMER, ""),
  /** Asks the leader of a consumer to step down. */
  CONSUMER_LEADER_STEPDOWN("CONSUMER.LEADER.STEPDOWN", Form.CONSUMER, "consumer_leader_stepdown"),
  /** Takes a server from a consumer. */
  CONSUMER_PEER_REMOVE("CONSUMER.PEER.REMOVE", Form.CONSUMER, "consumer_remove_peer"),
  /** Moves a consumer away from a server. */
  CONSUMER_PEER_EVACUATE("CONSUMER.PEER.EVACUATE", Form.CONSUMER, "consumer_evacuate_peer"),
  /** Gets messages; answered by messages. */
  DIRECT_GET("DIRECT.GET", Form.STREAM_AND_REST, ""),
  /** Asks the leader of all to step down; system account only. */
  META_LEADER_STEPDOWN("META.LEADER.STEPDOWN", Form.PLAIN, "meta_leader_stepdown"),
  /** Makes survivors go on alone; system account only. */
  META_RESCUE("META.RESCUE", Form.PLAIN, "meta_rescue"),
  /** Takes a server from the cluster; system account only. */
  SERVER_REMOVE("SERVER.REMOVE", Form.PLAIN, "meta_server_remove"),
  /** Moves everything away from a server; system account only. */
  SERVER_EVACUATE("SERVER.EVACUATE", Form.PLAIN, "meta_server_evacuate"),
  /** Drops everything of an account; system account only. */
  ACCOUNT_PURGE("ACCOUNT.PURGE", Form.STREAM, "account_purge");

  /** What follows the words of an endpoint in its subject. */
  enum Form {
    /** Nothing. */
    PLAIN,
    /** The name of a stream. */
    STREAM,
    /** The names of a stream and of a consumer. */
    CONSUMER,
    /** The name of a stream and anything. */
    STREAM_AND_REST
  }

  /** The type of an answer that belongs to none of the endpoints. */
  public static final String SYSTEM_RESPONSE = "io.nats.jetstream.api.v1.system_response";

  private static final Map<String, ApiEndpoint> BY_WORDS =
      Arrays.stream(values()).collect(Collectors.toMap(ApiEndpoint::words, Function.identity()));

  private final String words;
  private final Form form;
  private final String responseType;

  ApiEndpoint(String words, Form form, String type) {
    this.words = words;
    this.form = form;
    this.responseType = type.isEmpty() ? "" : "io.nats.jetstream.api.v1." + type + "_response";
  }

  /** The words behind the prefix, such as {@code STREAM.CREATE}. */
  public String words() {
    return words;
  }

  /** The {@code type} of the answers; empty if they are messages. */
  public String responseType() {
    return responseType;
  }

  /** The subject a server listens on, with wildcards, for instance {@code STREAM.CREATE.*}. */
  public String pattern() {
    return switch (form) {
      case PLAIN -> words;
      case STREAM -> words + ".*";
      case CONSUMER -> words + ".*.*";
      case STREAM_AND_REST -> words + ".>";
    };
  }

  Form form() {
    return form;
  }

  static @Nullable ApiEndpoint ofWords(String words) {
    return BY_WORDS.get(words);
  }
}
