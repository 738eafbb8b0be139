// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * How a client is shown in advisories about what it asked for. Source: the advisory schemas, {@code
 * io.nats.jetstream.advisory.v1}, "client".
 */
final class ClientDescription {

  private ClientDescription() {}

  /**
   * Writes the JSON object.
   *
   * @param id the number of the connection
   * @param host where it comes from; empty when it is of this process
   * @param sinceEpochNanos when it connected
   * @param rttNanos how long its last PONG took; 0 before the first
   */
  static byte[] json(
      ServerContext server,
      long id,
      String host,
      long sinceEpochNanos,
      long rttNanos,
      ClientLogin login) {
    ConnectOptions options = login.options();
    JsonWriter json = new JsonWriter().object();
    json.timeField("start", Clock.instant(sinceEpochNanos));
    json.fieldIf("host", host);
    json.field("id", id);
    json.field("acc", login.account().name());
    json.fieldIf("user", login.user());
    json.fieldIf("name", options.name());
    json.fieldIf("lang", options.lang());
    json.fieldIf("ver", options.version());
    json.fieldIf("rtt", rttNanos);
    json.field("server", server.identity().name());
    return json.field("kind", "Client").field("client_type", "nats").end().toBytes();
  }
}
