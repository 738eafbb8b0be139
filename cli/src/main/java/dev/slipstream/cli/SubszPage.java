// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipstream.base.Clock;
import dev.slipstream.server.ConnectionFigures;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.SubscriptionFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The page {@code /subsz}: how many subscriptions there are, and with {@code subs=1} those of
 * clients, by client, one part of them at a time (offset, limit, acc).
 */
final class SubszPage {
  private static final int DEFAULT_LIMIT = 1024;

  private final SlipstreamServer server;
  private final Clock clock;

  SubszPage(SlipstreamServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  private record Held(ConnectionFigures by, SubscriptionFigures subscription) {}

  String json(MonitoringQuery query) throws IOException, MonitoringQuery.Refused {
    boolean listed = query.bool("subs");
    int offset = Math.max(0, query.integer("offset"));
    int asked = query.integer("limit");
    int limit = asked <= 0 ? DEFAULT_LIMIT : asked;
    List<Held> all = listed ? held(query.text("acc")) : List.of();
    int from = Math.min(offset, all.size());
    List<Held> shown = all.subList(from, from + Math.min(limit, all.size() - from));
    return MonitoringJson.object(
        out -> {
          out.writeStringField("server_id", server.serverId());
          MonitoringJson.writeTime(out, "now", clock.epochNanos());
          out.writeNumberField("num_subscriptions", server.figures().subscriptions());
          out.writeNumberField("total", all.size());
          out.writeNumberField("offset", offset);
          out.writeNumberField("limit", limit);
          if (!shown.isEmpty()) {
            writeList(out, shown);
          }
        });
  }

  private List<Held> held(String account) {
    List<Held> all = new ArrayList<>();
    List<ConnectionFigures> clients = new ArrayList<>(server.openConnections(true));
    clients.removeIf(client -> !account.isEmpty() && !client.account().equals(account));
    clients.sort(java.util.Comparator.comparingLong(ConnectionFigures::id));
    for (ConnectionFigures client : clients) {
      client.subscriptions().forEach(each -> all.add(new Held(client, each)));
    }
    return all;
  }

  private static void writeList(JsonGenerator out, List<Held> shown) throws IOException {
    out.writeArrayFieldStart("subscriptions_list");
    for (Held each : shown) {
      out.writeStartObject();
      out.writeStringField("account", each.by().account());
      out.writeStringField("account_tag", each.by().account());
      writeSubscription(out, each.subscription(), each.by().id());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static void writeSubscription(JsonGenerator out, SubscriptionFigures subscription, long cid)
      throws IOException {
    out.writeStringField("subject", subscription.subject());
    MonitoringJson.writeText(out, "qgroup", subscription.queue());
    out.writeStringField("sid", subscription.sid());
    out.writeNumberField("msgs", subscription.delivered());
    if (subscription.max() > 0) {
      out.writeNumberField("max", subscription.max());
    }
    out.writeNumberField("cid", cid);
  }
}
