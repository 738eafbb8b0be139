// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

/** The requests of the JetStream API, with the type that their answers carry. */
enum ApiEndpoint {
  INFO("account_info"),
  STREAM_CREATE("stream_create"),
  STREAM_UPDATE("stream_update"),
  STREAM_NAMES("stream_names"),
  STREAM_LIST("stream_list"),
  STREAM_INFO("stream_info"),
  STREAM_DELETE("stream_delete"),
  STREAM_PURGE("stream_purge"),
  STREAM_MSG_GET("stream_msg_get"),
  STREAM_MSG_DELETE("stream_msg_delete"),
  STREAM_SNAPSHOT("stream_snapshot"),
  STREAM_RESTORE("stream_restore"),
  STREAM_LEADER_STEPDOWN("stream_leader_stepdown"),
  STREAM_PEER_REMOVE("stream_remove_peer"),
  STREAM_PEER_EVACUATE("stream_evacuate_peer"),
  STREAM_CANCEL_MOVE("stream_cancel_move"),
  CONSUMER_CREATE("consumer_create"),
  CONSUMER_DURABLE_CREATE("consumer_create"),
  CONSUMER_NAMES("consumer_names"),
  CONSUMER_LIST("consumer_list"),
  CONSUMER_INFO("consumer_info"),
  CONSUMER_DELETE("consumer_delete"),
  CONSUMER_PAUSE("consumer_pause"),
  CONSUMER_UNPIN("consumer_unpin"),
  CONSUMER_RESET("consumer_reset"),
  CONSUMER_MSG_NEXT(""),
  CONSUMER_LEADER_STEPDOWN("consumer_leader_stepdown"),
  CONSUMER_PEER_REMOVE("consumer_remove_peer"),
  CONSUMER_PEER_EVACUATE("consumer_evacuate_peer"),
  DIRECT_GET(""),
  META_LEADER_STEPDOWN("meta_leader_stepdown"),
  META_RESCUE("meta_rescue"),
  SERVER_REMOVE("meta_server_remove"),
  SERVER_EVACUATE("meta_server_evacuate"),
  ACCOUNT_PURGE("account_purge");

  /** The type of an answer that belongs to none of the endpoints. */
  static final String SYSTEM_RESPONSE = "io.nats.jetstream.api.v1.system_response";

  private final String responseType;

  ApiEndpoint(String type) {
    this.responseType = type.isEmpty() ? "" : "io.nats.jetstream.api.v1." + type + "_response";
  }

  /** The {@code type} of the answers; empty if they are messages. */
  String responseType() {
    return responseType;
  }
}
