// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.Consumer;

/**
 * The one answer to a request, of one response type. It counts among the calls of its account, and
 * whoever listens to what is asked is told of it.
 */
final class ApiAnswer {
  private static final String TYPE = "io.nats.jetstream.api.v1.";

  private final ApiRequest request;
  private final String type;

  private final boolean counts;
  private byte[] headers = OutputBuffer.NO_BYTES;

  /** An answer of an operation's type. */
  ApiAnswer(ApiRequest request, ApiOperation operation) {
    this(request, operation.type(), operation != ApiOperation.CONSUMER_RESET);
  }

  /** An answer whose type ends in {@code type}, and that is counted and audited or not. */
  ApiAnswer(ApiRequest request, String type, boolean counts) {
    this.request = request;
    this.type = TYPE + type;
    this.counts = counts;
  }

  /** Has the answer carry a header. */
  ApiAnswer header(String key, String value) {
    headers = HeaderBlock.with(headers, 0, headers.length, key, value);
    return this;
  }

  /** Answers with the fields that {@code body} writes behind the type. */
  void ok(Consumer<JsonWriter> body) {
    JsonWriter json = new JsonWriter().object().field("type", type);
    body.accept(json);
    send(json);
  }

  /** Answers {@code success: true}. */
  void success() {
    ok(json -> json.field("success", true));
  }

  /** Answers with an error. */
  void error(ApiError error) {
    error(error, json -> {});
  }

  /** Answers with an error and the fields that the type has besides. */
  void error(ApiError error, Consumer<JsonWriter> body) {
    if (counts) {
      request.account().apiErrors.increment();
    }
    JsonWriter json = new JsonWriter().object().field("type", type);
    error.write(json.name("error"));
    body.accept(json);
    send(json);
  }

  private void send(JsonWriter json) {
    byte[] payload = json.end().toBytes();
    if (counts) {
      request.account().apiTotal.increment();
    }
    if (request.reply().length > 0) {
      MessageFrame frame = new MessageFrame().set(request.reply(), headers, payload);
      request.account().bus().send(request.reply(), frame, null);
    }
    if (counts) {
      request.account().advisories().audit(request, payload);
    }
  }
}
