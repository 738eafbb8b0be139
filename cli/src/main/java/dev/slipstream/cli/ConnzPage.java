// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.server.ConnectionFigures;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.SubscriptionFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page {@code /connz}: the clients that are here, or went lately, one part of them at a time.
 *
 * <p>Takes the public server's parameters: sort, auth, subs, offset, limit, cid, state, user, acc.
 */
final class ConnzPage {
  private static final int DEFAULT_LIMIT = 1024;
  private static final String GLOBAL_ACCOUNT = "$G";

  private final SlipstreamServer server;
  private final Clock clock;

  ConnzPage(SlipstreamServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  /** What one request asks for. */
  private record Request(
      String sort,
      boolean auth,
      boolean subs,
      boolean subsDetail,
      int offset,
      int limit,
      long cid,
      boolean open,
      boolean closed,
      String user,
      String account) {

    static Request of(MonitoringQuery query) throws MonitoringQuery.Refused {
      boolean auth = query.bool("auth");
      boolean detail = query.word("subs").equals("detail");
      boolean subs = !detail && query.bool("subs");
      int offset = query.integer("offset");
      int limit = query.integer("limit");
      long cid = query.unsigned("cid");
      String state = query.word("state");
      switch (state) {
        case "", "open", "closed", "any", "all" -> {}
        default ->
            throw new MonitoringQuery.Refused("Error decoding state for " + query.text("state"));
      }
      boolean onlyClosed = state.equals("closed");
      String sort = query.text("sort");
      if ((sort.equals("stop") || sort.equals("reason")) && !onlyClosed) {
        throw new MonitoringQuery.Refused("sort by " + sort + " only valid on closed connections");
      }
      return new Request(
          sort,
          auth,
          subs,
          detail,
          Math.max(0, offset),
          cid != 0 ? 1 : limit <= 0 ? DEFAULT_LIMIT : limit,
          cid,
          !onlyClosed,
          !state.isEmpty() && !state.equals("open"),
          query.text("user"),
          query.text("acc"));
    }
  }

  String json(MonitoringQuery query) throws IOException, MonitoringQuery.Refused {
    Request request = Request.of(query);
    Comparator<ConnectionFigures> order = order(request.sort(), clock.epochNanos());
    if (order == null) {
      throw new MonitoringQuery.Refused("invalid sorting option: " + request.sort());
    }
    List<ConnectionFigures> all = new ArrayList<>();
    if (request.open()) {
      all.addAll(server.openConnections(request.subs() || request.subsDetail()));
    }
    if (request.closed()) {
      all.addAll(server.closedConnections());
    }
    all.removeIf(each -> !request.account().isEmpty() && !each.account().equals(request.account()));
    int total = all.size();
    all.removeIf(
        each ->
            (request.cid() != 0 && each.id() != request.cid())
                || (!request.user().isEmpty() && !each.user().equals(request.user())));
    all.sort(order);
    int from = Math.min(request.offset(), all.size());
    int to = from + Math.min(request.limit(), all.size() - from);
    List<ConnectionFigures> shown = all.subList(from, to);
    return MonitoringJson.object(out -> write(out, request, total, shown));
  }

  /** The order of that name, or null when there is none. */
  static @Nullable Comparator<ConnectionFigures> order(String name, long nowEpochNanos) {
    Comparator<ConnectionFigures> byId = Comparator.comparingLong(ConnectionFigures::id);
    Comparator<ConnectionFigures> by =
        switch (name) {
          case "", "cid", "start" -> byId;
          case "subs" -> most(Comparator.comparingInt(ConnectionFigures::subscriptionCount));
          case "pending" -> most(Comparator.comparingLong(ConnectionFigures::pendingBytes));
          case "msgs_to" -> most(Comparator.comparingLong(each -> each.traffic().outMessages()));
          case "msgs_from" -> most(Comparator.comparingLong(each -> each.traffic().inMessages()));
          case "bytes_to" -> most(Comparator.comparingLong(each -> each.traffic().outBytes()));
          case "bytes_from" -> most(Comparator.comparingLong(each -> each.traffic().inBytes()));
          case "last" -> most(Comparator.comparingLong(ConnectionFigures::lastActivityEpochNanos));
          case "idle" ->
              most(Comparator.comparingLong(each -> nowEpochNanos - each.lastActivityEpochNanos()));
          case "uptime" -> Comparator.comparingLong(each -> uptimeNanos(each, nowEpochNanos));
          case "stop" -> most(Comparator.comparingLong(ConnectionFigures::stopEpochNanos));
          case "reason" -> Comparator.comparing(ConnectionFigures::reason);
          case "rtt" -> most(Comparator.comparingLong(ConnectionFigures::rttNanos));
          default -> null;
        };
    return by == null ? null : by.thenComparing(byId);
  }

  private static Comparator<ConnectionFigures> most(Comparator<ConnectionFigures> least) {
    return least.reversed();
  }

  private static long uptimeNanos(ConnectionFigures client, long nowEpochNanos) {
    return (client.isClosed() ? client.stopEpochNanos() : nowEpochNanos) - client.startEpochNanos();
  }

  private void write(JsonGenerator out, Request request, int total, List<ConnectionFigures> shown)
      throws IOException {
    long now = clock.epochNanos();
    out.writeStringField("server_id", server.serverId());
    MonitoringJson.writeTime(out, "now", now);
    out.writeNumberField("num_connections", shown.size());
    out.writeNumberField("total", total);
    out.writeNumberField("offset", request.offset());
    out.writeNumberField("limit", request.limit());
    out.writeArrayFieldStart("connections");
    for (ConnectionFigures client : shown) {
      out.writeStartObject();
      writeClient(out, client, now);
      if (request.auth()) {
        MonitoringJson.writeText(out, "authorized_user", client.user());
        if (!client.account().equals(GLOBAL_ACCOUNT)) {
          out.writeStringField("account", client.account());
        }
      }
      if (request.subsDetail()) {
        writeDetailed(out, client);
      } else if (request.subs()) {
        writeSubjects(out, client);
      }
      if (request.auth() && !(client.isClosed() && client.account().equals(GLOBAL_ACCOUNT))) {
        out.writeStringField("name_tag", client.account());
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void writeClient(JsonGenerator out, ConnectionFigures client, long now)
      throws IOException {
    out.writeNumberField("cid", client.id());
    out.writeStringField("kind", "Client");
    out.writeStringField("type", "nats");
    out.writeStringField("ip", client.host());
    out.writeNumberField("port", client.port());
    MonitoringJson.writeTime(out, "start", client.startEpochNanos());
    MonitoringJson.writeTime(out, "last_activity", client.lastActivityEpochNanos());
    if (client.isClosed()) {
      MonitoringJson.writeTime(out, "stop", client.stopEpochNanos());
      out.writeStringField("reason", client.reason());
    }
    long end = client.isClosed() ? client.stopEpochNanos() : now;
    out.writeStringField("rtt", GoDuration.format(client.rttNanos()));
    out.writeStringField("uptime", seconds(end - client.startEpochNanos()));
    out.writeStringField("idle", seconds(end - client.lastActivityEpochNanos()));
    out.writeNumberField("pending_bytes", client.pendingBytes());
    out.writeNumberField("in_msgs", client.traffic().inMessages());
    out.writeNumberField("out_msgs", client.traffic().outMessages());
    out.writeNumberField("in_bytes", client.traffic().inBytes());
    out.writeNumberField("out_bytes", client.traffic().outBytes());
    out.writeNumberField("subscriptions", client.subscriptionCount());
    MonitoringJson.writeText(out, "name", client.name());
    MonitoringJson.writeText(out, "lang", client.language());
    MonitoringJson.writeText(out, "version", client.version());
  }

  private static String seconds(long nanos) {
    return MonitoringJson.uptime(Math.max(0, nanos) / 1_000_000_000L);
  }

  private static void writeSubjects(JsonGenerator out, ConnectionFigures client)
      throws IOException {
    if (client.subscriptions().isEmpty()) {
      return;
    }
    out.writeArrayFieldStart("subscriptions_list");
    for (SubscriptionFigures each : client.subscriptions()) {
      out.writeString(each.subject());
    }
    out.writeEndArray();
  }

  private static void writeDetailed(JsonGenerator out, ConnectionFigures client)
      throws IOException {
    if (client.subscriptions().isEmpty()) {
      return;
    }
    out.writeArrayFieldStart("subscriptions_list_detail");
    for (SubscriptionFigures each : client.subscriptions()) {
      out.writeStartObject();
      SubszPage.writeSubscription(out, each, client.id());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
