// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.Status;

/** The answer to a publish that was refused. */
final class PubAckError {
  static final byte[] TOO_MANY_REQUESTS = new Status(429, "Too Many Requests").headerBlock();

  private PubAckError() {}

  static byte[] of(String stream, ApiError error) {
    JsonWriter json = new JsonWriter().object();
    error.write(json.name("error"));
    return json.field("stream", stream).field("seq", 0L).end().toBytes();
  }
}
