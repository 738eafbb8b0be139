// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.json.JsonWriter;
import java.util.function.Consumer;

/** What a request to the API asks for, told by its subject, with the type of its answer. */
enum ApiOperation {
  ACCOUNT_INFO("account_info_response"),
  STREAM_CREATE("stream_create_response"),
  STREAM_UPDATE("stream_update_response"),
  STREAM_DELETE("stream_delete_response"),
  STREAM_NAMES("stream_names_response"),
  STREAM_LIST("stream_list_response"),
  STREAM_INFO("stream_info_response"),
  STREAM_PURGE("stream_purge_response"),
  MSG_GET("stream_msg_get_response"),
  MSG_DELETE("stream_msg_delete_response"),
  SNAPSHOT("stream_snapshot_response"),
  RESTORE("stream_restore_response"),
  CONSUMER_CREATE("consumer_create_response"),
  CONSUMER_DURABLE_CREATE("consumer_create_response"),
  CONSUMER_NAMES("consumer_names_response"),
  CONSUMER_LIST("consumer_list_response"),
  CONSUMER_INFO("consumer_info_response"),
  CONSUMER_DELETE("consumer_delete_response"),
  CONSUMER_PAUSE("consumer_pause_response"),
  CONSUMER_UNPIN("consumer_unpin_response"),
  CONSUMER_RESET("consumer_reset_response"),
  STREAM_STEPDOWN("stream_leader_stepdown_response"),
  CONSUMER_STEPDOWN("consumer_leader_stepdown_response"),
  STREAM_PEER_REMOVE("stream_remove_peer_response"),
  STREAM_PEER_EVACUATE("stream_evacuate_peer_response"),
  STREAM_CANCEL_MOVE("stream_cancel_move_response"),
  CONSUMER_PEER_REMOVE("consumer_remove_peer_response"),
  CONSUMER_PEER_EVACUATE("consumer_evacuate_peer_response"),
  UNKNOWN("system_response");

  private final String type;

  ApiOperation(String type) {
    this.type = type;
  }

  /** The end of the response type. */
  String type() {
    return type;
  }

  /** Whether only servers in a cluster do it. */
  boolean needsCluster() {
    return switch (this) {
      case STREAM_STEPDOWN,
          STREAM_PEER_REMOVE,
          STREAM_PEER_EVACUATE,
          STREAM_CANCEL_MOVE,
          CONSUMER_STEPDOWN,
          CONSUMER_PEER_REMOVE,
          CONSUMER_PEER_EVACUATE ->
          true;
      default -> false;
    };
  }

  /** What the tokens behind the API's prefix ask for. */
  static ApiOperation of(String[] tokens) {
    String verb = tokens.length > 1 ? tokens[1] : "";
    return switch (tokens[0]) {
      case "INFO" -> tokens.length == 1 ? ACCOUNT_INFO : UNKNOWN;
      case "STREAM" -> ofStream(verb, tokens);
      case "CONSUMER" -> ofConsumer(verb, tokens);
      default -> UNKNOWN;
    };
  }

  private static ApiOperation ofStream(String verb, String[] tokens) {
    if (tokens.length == 2) {
      return switch (verb) {
        case "NAMES" -> STREAM_NAMES;
        case "LIST" -> STREAM_LIST;
        default -> UNKNOWN;
      };
    }
    if (tokens.length == 3) {
      return switch (verb) {
        case "CREATE" -> STREAM_CREATE;
        case "UPDATE" -> STREAM_UPDATE;
        case "DELETE" -> STREAM_DELETE;
        case "INFO" -> STREAM_INFO;
        case "PURGE" -> STREAM_PURGE;
        case "SNAPSHOT" -> SNAPSHOT;
        case "RESTORE" -> RESTORE;
        case "CANCEL_MOVE" -> STREAM_CANCEL_MOVE;
        default -> UNKNOWN;
      };
    }
    return tokens.length != 4
        ? UNKNOWN
        : switch (verb + "." + tokens[2]) {
          case "MSG.GET" -> MSG_GET;
          case "MSG.DELETE" -> MSG_DELETE;
          case "LEADER.STEPDOWN" -> STREAM_STEPDOWN;
          case "PEER.REMOVE" -> STREAM_PEER_REMOVE;
          case "PEER.EVACUATE" -> STREAM_PEER_EVACUATE;
          default -> UNKNOWN;
        };
  }

  private static ApiOperation ofConsumer(String verb, String[] tokens) {
    if (tokens.length == 3) {
      return switch (verb) {
        case "CREATE" -> CONSUMER_CREATE;
        case "NAMES" -> CONSUMER_NAMES;
        case "LIST" -> CONSUMER_LIST;
        default -> UNKNOWN;
      };
    }
    if (verb.equals("CREATE") && tokens.length > 3) {
      return CONSUMER_CREATE;
    }
    if (tokens.length == 5) {
      return switch (verb + "." + tokens[2]) {
        case "DURABLE.CREATE" -> CONSUMER_DURABLE_CREATE;
        case "LEADER.STEPDOWN" -> CONSUMER_STEPDOWN;
        case "PEER.REMOVE" -> CONSUMER_PEER_REMOVE;
        case "PEER.EVACUATE" -> CONSUMER_PEER_EVACUATE;
        default -> UNKNOWN;
      };
    }
    return tokens.length != 4
        ? UNKNOWN
        : switch (verb) {
          case "INFO" -> CONSUMER_INFO;
          case "DELETE" -> CONSUMER_DELETE;
          case "PAUSE" -> CONSUMER_PAUSE;
          case "UNPIN" -> CONSUMER_UNPIN;
          case "RESET" -> CONSUMER_RESET;
          default -> UNKNOWN;
        };
  }

  /** The fields that a failed answer of this operation has besides the error. */
  static Consumer<JsonWriter> absent(String[] tokens) {
    return switch (of(tokens)) {
      case STREAM_INFO -> ApiOperation::noPage;
      case STREAM_NAMES -> json -> noPage(json).name("streams").nullValue();
      case STREAM_LIST -> json -> noPage(json).name("streams").array().endArray();
      case STREAM_PURGE -> json -> json.field("purged", 0L);
      case RESTORE -> json -> json.field("deliver_subject", "");
      case CONSUMER_PAUSE -> ConsumerControlApi::notPaused;
      case CONSUMER_RESET -> json -> json.field("reset_seq", 0L);
      case CONSUMER_NAMES -> json -> noPage(json).name("consumers").array().endArray();
      case CONSUMER_LIST -> json -> noPage(json).name("consumers").array().endArray();
      default -> json -> {};
    };
  }

  private static JsonWriter noPage(JsonWriter json) {
    return json.field("total", 0L).field("offset", 0L).field("limit", 0L);
  }
}
