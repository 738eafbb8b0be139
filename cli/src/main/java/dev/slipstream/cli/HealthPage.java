// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.store.StoreStats;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code /healthz}: whether the server does its work, for probes. It does not when nothing becomes
 * durable any more; only a start anew helps then.
 *
 * <p>{@code js-enabled-only} asks only whether JetStream is on, {@code details} for a list of what
 * is wrong. The health of one account, stream or consumer is not told.
 */
final class HealthPage {
  private static final String[] OF_ONE = {"account", "stream", "consumer"};

  private final SlipstreamServer server;

  HealthPage(SlipstreamServer server) {
    this.server = server;
  }

  /** The answer to a request. */
  MonitoringPage answer(MonitoringQuery query) throws IOException, MonitoringQuery.Refused {
    boolean details = query.bool("details");
    for (String one : OF_ONE) {
      if (!query.text(one).isEmpty()) {
        return new MonitoringPage(
            400, json("error", "the health of one " + one + " is not told", details));
      }
    }
    String failure = query.bool("js-enabled-only") ? null : failure();
    return failure == null
        ? new MonitoringPage(200, json("ok", null, details))
        : new MonitoringPage(503, json("unavailable", failure, details));
  }

  private @Nullable String failure() {
    return server.storeStats().map(StoreStats::failure).orElse(null);
  }

  private static String json(String status, @Nullable String error, boolean details)
      throws IOException {
    return MonitoringJson.line(
        out -> {
          boolean listed = error != null && details;
          out.writeStringField("status", listed ? "error" : status);
          if (listed) {
            out.writeArrayFieldStart("errors");
            out.writeStartObject();
            out.writeStringField("type", "JETSTREAM");
            out.writeStringField("error", error);
            out.writeEndObject();
            out.writeEndArray();
          } else if (error != null) {
            out.writeStringField("error", error);
          }
        });
  }
}
