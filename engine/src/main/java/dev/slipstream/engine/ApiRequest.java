// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request to {@code $JS.API.>}: the tokens behind that prefix, and copies of all else.
 *
 * @param account whose streams are meant
 * @param tokens the subject's tokens behind the prefix
 * @param reply where the answer goes; empty when nobody wants one
 * @param headers the header block; empty when there is none
 * @param body the payload
 * @param client who asks, as JSON, empty when that is not known; null when nobody listens to what
 *     is asked
 */
record ApiRequest(
    JetStreamAccount account,
    String[] tokens,
    byte[] reply,
    byte[] headers,
    byte[] body,
    byte @Nullable [] client) {
  static final String PREFIX = "$JS.API.";

  /** A request that nobody is told of. */
  static ApiRequest of(JetStreamAccount account, String[] tokens, MessageFrame message) {
    return of(account, tokens, message, null);
  }

  /** A request of a client, as {@link MessageBus#publisher} says who that is. */
  static ApiRequest of(
      JetStreamAccount account, String[] tokens, MessageFrame message, byte @Nullable [] client) {
    return new ApiRequest(
        account, tokens, message.copyReply(), message.copyHeaders(), message.copyPayload(), client);
  }

  /** What it was published under. */
  String subject() {
    return PREFIX + rest(0);
  }

  /** Whether the request asks for an API level that is not built, or for nonsense. */
  boolean requiresMoreThan(int level) {
    return IngestHeaders.requiresMoreThan(headers, level);
  }

  /** The token at an index, or null. */
  @Nullable String token(int index) {
    return index < tokens.length ? tokens[index] : null;
  }

  /** The tokens from an index on, joined again. */
  String rest(int index) {
    return String.join(".", Arrays.asList(tokens).subList(index, tokens.length));
  }

  JsonReader json() {
    return JsonReader.of(body, 0, body.length).strict(account.options().strict());
  }
}
