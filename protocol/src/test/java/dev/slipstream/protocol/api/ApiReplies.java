// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.List;

/**
 * The answers of the JetStream API with all their fields in the order of the public server, so that
 * what was read of an answer can be written and compared with it.
 */
final class ApiReplies {
  /** How many names a list of names has at most. */
  static final int NAMES_LIMIT = 1024;

  /** How many entries a list has at most. */
  static final int LIST_LIMIT = 256;

  /** How many subjects the description of a stream has at most. */
  static final int SUBJECTS_LIMIT = 100_000;

  private ApiReplies() {}

  /** A refusal. */
  static byte[] error(ApiEndpoint endpoint, ApiError error) {
    JsonWriter out = begin(endpoint);
    error.write(out.name("error"));
    switch (endpoint) {
      case STREAM_INFO -> paging(out, 0, 0, 0);
      case STREAM_NAMES -> paging(out, 0, 0, 0).name("streams").nullValue();
      case STREAM_LIST -> paging(out, 0, 0, 0).stringsField("streams", List.of());
      case CONSUMER_NAMES, CONSUMER_LIST ->
          paging(out, 0, 0, 0).stringsField("consumers", List.of());
      case STREAM_PURGE -> out.field("purged", 0);
      case CONSUMER_PAUSE -> out.field("paused", false).timeField("pause_until", Rfc3339.ZERO);
      case CONSUMER_RESET -> out.field("reset_seq", 0);
      case STREAM_RESTORE -> out.field("deliver_subject", "");
      case META_RESCUE -> out.field("server", "").field("server_id", "");
      default -> {}
    }
    return out.end().toBytes();
  }

  /** A refusal of something that is no endpoint. */
  static byte[] systemError(ApiError error) {
    JsonWriter out = new JsonWriter().object().field("type", ApiEndpoint.SYSTEM_RESPONSE);
    error.write(out.name("error"));
    return out.end().toBytes();
  }

  /** The answer that something was done. */
  static byte[] success(ApiEndpoint endpoint) {
    return begin(endpoint).field("success", true).end().toBytes();
  }

  /** The answer without any field, as to {@code CONSUMER.UNPIN}. */
  static byte[] plain(ApiEndpoint endpoint) {
    return begin(endpoint).end().toBytes();
  }

  /** The answer of {@code INFO}. */
  static byte[] accountInfo(AccountInfo info) {
    JsonWriter out = begin(ApiEndpoint.INFO);
    info.writeFields(out);
    return out.end().toBytes();
  }

  /** The answer of {@code STREAM.CREATE}. */
  static byte[] streamCreated(StreamInfo info) {
    JsonWriter out = begin(ApiEndpoint.STREAM_CREATE);
    info.writeFields(out);
    return out.field("did_create", true).end().toBytes();
  }

  /** The answer of {@code STREAM.UPDATE}. */
  static byte[] streamUpdated(StreamInfo info) {
    JsonWriter out = begin(ApiEndpoint.STREAM_UPDATE);
    info.writeFields(out);
    return out.end().toBytes();
  }

  /** The answer of {@code STREAM.INFO}; the numbers are 0 unless subjects were asked for. */
  static byte[] streamInfo(StreamInfo info, int total, int offset, int limit) {
    JsonWriter out = paging(begin(ApiEndpoint.STREAM_INFO), total, offset, limit);
    info.writeFields(out);
    return out.end().toBytes();
  }

  /**
   * The answer of {@code STREAM.NAMES}; no names are written as null, as the public server does.
   */
  static byte[] streamNames(List<String> names, int total, int offset) {
    JsonWriter out = paging(begin(ApiEndpoint.STREAM_NAMES), total, offset, NAMES_LIMIT);
    if (names.isEmpty()) {
      out.name("streams").nullValue();
    } else {
      out.stringsField("streams", names);
    }
    return out.end().toBytes();
  }

  /** The answer of {@code STREAM.LIST}. */
  static byte[] streamList(List<StreamInfo> streams, int total, int offset) {
    JsonWriter out = paging(begin(ApiEndpoint.STREAM_LIST), total, offset, LIST_LIMIT);
    out.name("streams").array();
    streams.forEach(s -> s.write(out));
    return out.endArray().end().toBytes();
  }

  /** The answer of {@code STREAM.PURGE}. */
  static byte[] purged(long messages) {
    JsonWriter out = begin(ApiEndpoint.STREAM_PURGE).field("success", true);
    return out.unsignedField("purged", messages).end().toBytes();
  }

  /** The answer of {@code STREAM.MSG.GET}. */
  static byte[] message(StoredMessage message) {
    JsonWriter out = begin(ApiEndpoint.STREAM_MSG_GET);
    message.write(out.name("message"));
    return out.end().toBytes();
  }

  /** The answer of {@code STREAM.SNAPSHOT}. */
  static byte[] snapshot(StreamConfig config, StreamState state) {
    JsonWriter out = begin(ApiEndpoint.STREAM_SNAPSHOT);
    config.write(out.name("config"));
    state.write(out.name("state"));
    return out.end().toBytes();
  }

  /** The answer of {@code STREAM.RESTORE}. */
  static byte[] restore(String deliverSubject) {
    return begin(ApiEndpoint.STREAM_RESTORE)
        .field("deliver_subject", deliverSubject)
        .end()
        .toBytes();
  }

  /** The answer of {@code CONSUMER.CREATE}. */
  static byte[] consumerCreated(ConsumerInfo info) {
    return consumer(ApiEndpoint.CONSUMER_CREATE, info).end().toBytes();
  }

  /** The answer of {@code CONSUMER.INFO}. */
  static byte[] consumerInfo(ConsumerInfo info) {
    return consumer(ApiEndpoint.CONSUMER_INFO, info).end().toBytes();
  }

  /** The answer of {@code CONSUMER.RESET}. */
  static byte[] consumerReset(ConsumerInfo info, long resetSeq) {
    JsonWriter out = consumer(ApiEndpoint.CONSUMER_RESET, info);
    return out.unsignedField("reset_seq", resetSeq).end().toBytes();
  }

  /** The answer of {@code CONSUMER.NAMES}. */
  static byte[] consumerNames(List<String> names, int total, int offset) {
    JsonWriter out = paging(begin(ApiEndpoint.CONSUMER_NAMES), total, offset, NAMES_LIMIT);
    return out.stringsField("consumers", names).end().toBytes();
  }

  /** The answer of {@code CONSUMER.LIST}. */
  static byte[] consumerList(List<ConsumerInfo> consumers, int total, int offset) {
    JsonWriter out = paging(begin(ApiEndpoint.CONSUMER_LIST), total, offset, LIST_LIMIT);
    out.name("consumers").array();
    consumers.forEach(c -> c.write(out));
    return out.endArray().end().toBytes();
  }

  /**
   * The answer of {@code CONSUMER.PAUSE}.
   *
   * @param until the end of the pause as stored, also when it has passed; {@link Rfc3339#ZERO} for
   *     none
   * @param remainingNanos how long it is still paused; 0 if it is not
   */
  static byte[] consumerPause(boolean paused, Instant until, long remainingNanos) {
    return begin(ApiEndpoint.CONSUMER_PAUSE)
        .field("paused", paused)
        .timeField("pause_until", until)
        .fieldIf("pause_remaining", remainingNanos)
        .end()
        .toBytes();
  }

  private static JsonWriter consumer(ApiEndpoint endpoint, ConsumerInfo info) {
    JsonWriter out = begin(endpoint);
    info.writeFields(out);
    return out;
  }

  private static JsonWriter begin(ApiEndpoint endpoint) {
    return new JsonWriter(1024).object().field("type", endpoint.responseType());
  }

  private static JsonWriter paging(JsonWriter out, int total, int offset, int limit) {
    return out.field("total", total).field("offset", offset).field("limit", limit);
  }
}
