// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: as a service of another account is told in the header {@code Nats-Request-Info}, the
 * account always and the client when the import shares that; and as advisories about an API call
 * show it.
 *
 * <p>What a client itself says under that header is replaced. Immutable. Source: ADR-22, "client
 * info", and the advisory schemas {@code io.nats.jetstream.advisory.v1}.
 *
 * @param account the account that asks
 * @param service the account through which the request has come further; empty when it came
 *     directly
 * @param client the details of the client; null when they are not shared
 * @param server the name of the server; empty when it is not told
 * @param reply the reply subject before it was mapped, where the service needs it; or empty
 */
record RequestInfo(
    String account, String service, @Nullable Client client, String server, String reply) {
  static final String HEADER = "Nats-Request-Info";
  private static final byte[] KEY = Subject.bytes(HEADER);

  /** Batches are told apart by the reply subject itself. */
  private static final String FAST_INGEST = ".$FI";

  /**
   * A client that asks.
   *
   * @param startEpochNanos since when it has been connected
   * @param host where it comes from; empty when it is of this process
   * @param rttNanos how long its last PONG took; 0 before the first
   */
  record Client(
      long startEpochNanos,
      String host,
      long id,
      String user,
      String name,
      String language,
      String version,
      long rttNanos) {}

  /** What is told of a client in advisories. */
  static RequestInfo of(ClientConnection from) {
    return new RequestInfo(
        from.login().account().name(), "", clientOf(from), from.serverName(), "");
  }

  /**
   * What is told of the sender of a message.
   *
   * @param from the client; null when the server itself sends
   * @param detailed whether its details are shared
   * @param toSystem whether the service is the system account's
   */
  static RequestInfo of(
      @Nullable ClientConnection from,
      Account importer,
      boolean detailed,
      boolean toSystem,
      MessageFrame message) {
    if (from == null) {
      return new RequestInfo(importer.name(), "", null, "", "");
    }
    String reply = message.reply();
    return new RequestInfo(
        from.login().account().name(),
        "",
        detailed ? clientOf(from) : null,
        detailed || toSystem ? from.serverName() : "",
        reply.endsWith(FAST_INGEST) ? reply : "");
  }

  private static Client clientOf(ClientConnection from) {
    ConnectOptions options = from.login().options();
    return new Client(
        from.startEpochNanos(),
        from.remoteHost(),
        from.id(),
        from.login().user(),
        options.name(),
        options.lang(),
        options.version(),
        from.rttNanos());
  }

  /** The same behind one more account; {@code serverName} is told if it was not before. */
  RequestInfo through(String importer, String serverName) {
    return new RequestInfo(
        account, importer, client, server.isEmpty() ? serverName : server, reply);
  }

  /** The header block {@code bytes[from..to]} with this in it, and nothing else of its name. */
  byte[] addTo(byte[] bytes, int from, int to) {
    byte[] others = HeaderBlock.without(bytes, from, to, KEY);
    return HeaderBlock.with(others, 0, others.length, HEADER, json().toString());
  }

  /** The JSON object. */
  JsonWriter json() {
    JsonWriter json = new JsonWriter();
    json.object();
    Client known = client;
    if (known != null) {
      json.timeField("start", Clock.instant(known.startEpochNanos));
      json.fieldIf("host", known.host).fieldIf("id", known.id);
    }
    json.field("acc", account).fieldIf("svc", service);
    if (known != null) {
      json.fieldIf("user", known.user)
          .fieldIf("name", known.name)
          .fieldIf("lang", known.language)
          .fieldIf("ver", known.version)
          .fieldIf("rtt", known.rttNanos);
    }
    json.fieldIf("server", server);
    if (known != null) {
      json.field("kind", "Client").field("client_type", "nats");
    }
    return json.fieldIf("reply", reply).end();
  }
}
