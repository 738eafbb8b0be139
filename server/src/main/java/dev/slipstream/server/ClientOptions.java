// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.json.JsonReader;

/**
 * What a client said of itself in CONNECT. A repeated CONNECT changes only what it names.
 *
 * <p>Source: NATS client protocol, "CONNECT". Belongs to the connection's loop.
 */
final class ClientOptions {
  // until CONNECT a client is one that types by hand
  boolean verbose = true;
  boolean pedantic = true;
  boolean echo = true;
  boolean headers;
  boolean noResponders;
  boolean newAccount;
  long protocol;
  String user = "";
  String password = "";
  String token = "";
  String nkey = "";
  String jwt = "";
  String signature = "";
  String account = "";
  String name = "";
  String lang = "";
  String version = "";

  /** Reads the JSON of a CONNECT. Throws {@code JsonException} when it is broken. */
  void read(byte[] bytes, int from, int to) {
    JsonReader reader = JsonReader.of(bytes, from, to - from);
    reader.object(this::field);
  }

  private boolean field(String key, JsonReader in) {
    if (in.isNull()) {
      in.skip();
      return true;
    }
    switch (key) {
      case "verbose" -> verbose = in.bool();
      case "pedantic" -> pedantic = in.bool();
      case "echo" -> echo = in.bool();
      case "headers" -> headers = in.bool();
      case "no_responders" -> noResponders = in.bool();
      case "new_account" -> newAccount = in.bool();
      case "protocol" -> protocol = in.longValue();
      case "user" -> user = in.string();
      case "pass" -> password = in.string();
      case "auth_token" -> token = in.string();
      case "nkey" -> nkey = in.string();
      case "jwt" -> jwt = in.string();
      case "sig" -> signature = in.string();
      case "account" -> account = in.string();
      case "name" -> name = in.string();
      case "lang" -> lang = in.string();
      case "version" -> version = in.string();
      default -> {
        return false;
      }
    }
    return true;
  }
}
