// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConnectOptions;

/** What a client says of itself when it connects. */
final class Greeting {
  /** The version that the server shows for a connection. */
  static final String VERSION = "0.1.0";

  private Greeting() {}

  static ConnectOptions connectOptions(
      ClientOptions options, ServerAddress server, boolean secure) {
    ConnectOptions.Builder greeting =
        ConnectOptions.builder()
            .verbose(false)
            .pedantic(false)
            .tlsRequired(secure)
            .name(options.name())
            .lang("java")
            .version(VERSION)
            .protocol(1)
            .echo(options.echo())
            .headers(true)
            .noResponders(true);
    Auth auth = server.auth() instanceof Auth.None ? options.auth() : server.auth();
    if (auth instanceof Auth.User user) {
      greeting.user(user.user()).pass(user.password());
    } else if (auth instanceof Auth.Token token) {
      greeting.authToken(token.token());
    }
    return greeting.build();
  }
}
