// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipstream.base.Clock;
import dev.slipstream.server.ServerFigures;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.TrafficFigures;
import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.store.StoreStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The page {@code /varz}: who the server is, how it is set, and what it has done. Fields have the
 * public server's names; those that are not known are absent.
 */
final class VarzPage {

  private static final long PAGE_BYTES = 4096;

  private final ServerConfig config;
  private final SlipstreamServer server;
  private final int httpPort;
  private final Clock clock;
  private final long startNanos;
  private final long startEpochNanos;

  VarzPage(ServerConfig config, SlipstreamServer server, int httpPort, Clock clock) {
    this.config = config;
    this.server = server;
    this.httpPort = httpPort;
    this.clock = clock;
    this.startNanos = clock.nanos();
    this.startEpochNanos = clock.epochNanos();
  }

  String json() throws IOException {
    return MonitoringJson.object(
        out -> {
          writeIdentity(out);
          writeSettings(out);
          writeJetStream(out);
          writeState(out);
          writeLog(out);
        });
  }

  private void writeIdentity(JsonGenerator out) throws IOException {
    out.writeStringField("server_id", server.serverId());
    out.writeStringField("server_name", server.serverName());
    out.writeStringField("version", SlipstreamServer.COMPATIBLE_VERSION);
    out.writeStringField("git_commit", "slipstream-" + Version.own());
    out.writeNumberField("proto", 1);
    out.writeStringField("go", "java" + Runtime.version().feature());
    out.writeStringField("host", config.host());
    out.writeNumberField("port", server.port());
    out.writeBooleanField("auth_required", config.authorizationRequired());
    if (!config.serverTags().isEmpty()) {
      out.writeArrayFieldStart("tags");
      for (String tag : config.serverTags()) {
        out.writeString(tag);
      }
      out.writeEndArray();
    }
    if (!config.serverMetadata().isEmpty()) {
      out.writeObjectFieldStart("metadata");
      for (Map.Entry<String, String> entry : config.serverMetadata().entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
    }
  }

  private void writeSettings(JsonGenerator out) throws IOException {
    out.writeNumberField("max_connections", config.maxConnections());
    if (config.maxSubscriptions() > 0) {
      out.writeNumberField("max_subscriptions", config.maxSubscriptions());
    }
    out.writeNumberField("ping_interval", config.pingIntervalNanos());
    out.writeNumberField("ping_max", config.pingMax());
    out.writeStringField("http_host", config.httpHost());
    out.writeNumberField("http_port", httpPort);
    out.writeStringField("http_base_path", config.httpBasePath());
    out.writeNumberField("https_port", 0);
    out.writeNumberField("auth_timeout", config.authTimeoutNanos() / 1e9);
    out.writeNumberField("max_control_line", config.maxControlLine());
    out.writeNumberField("max_payload", config.maxPayload());
    out.writeNumberField("max_pending", config.maxPendingBytes());
    out.writeNumberField("write_deadline", config.writeDeadlineNanos());
    out.writeStringField("system_account", config.systemAccount());
    out.writeStringField(
        "config_digest", config.configDigest() == null ? "" : config.configDigest());
  }

  private void writeJetStream(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("jetstream");
    if (config.jetStream().enabled()) {
      JetStreamConfig jetStream = config.jetStream();
      out.writeObjectFieldStart("config");
      out.writeNumberField("max_memory", jetStream.maxMemoryBytes());
      out.writeNumberField("max_storage", jetStream.maxFileBytes());
      out.writeStringField("store_dir", jetStream.directory().toString());
      switch (jetStream.sync().mode()) {
        case ALWAYS -> out.writeBooleanField("sync_always", true);
        case INTERVAL -> out.writeNumberField("sync_interval", jetStream.sync().intervalNanos());
        case NEVER -> {}
      }
      out.writeBooleanField("strict", jetStream.strict());
      if (jetStream.domain() != null) {
        out.writeStringField("domain", jetStream.domain());
      }
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private void writeState(JsonGenerator out) throws IOException {
    out.writeStringField("start", Clock.instant(startEpochNanos).toString());
    out.writeStringField("now", Clock.instant(clock.epochNanos()).toString());
    out.writeStringField(
        "uptime", MonitoringJson.uptime((clock.nanos() - startNanos) / 1_000_000_000L));
    out.writeNumberField("mem", residentBytes());
    out.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
    ServerFigures figures = server.figures();
    TrafficFigures traffic = figures.traffic();
    out.writeNumberField("connections", server.connections());
    out.writeNumberField("total_connections", figures.totalConnections());
    out.writeNumberField("routes", 0);
    out.writeNumberField("remotes", 0);
    out.writeNumberField("leafnodes", 0);
    out.writeNumberField("in_msgs", traffic.inMessages());
    out.writeNumberField("in_bytes", traffic.inBytes());
    // nobody but clients sends or hears anything
    out.writeNumberField("in_client_msgs", traffic.inMessages());
    out.writeNumberField("in_client_bytes", traffic.inBytes());
    out.writeNumberField("out_msgs", traffic.outMessages());
    out.writeNumberField("out_bytes", traffic.outBytes());
    out.writeNumberField("out_client_msgs", traffic.outMessages());
    out.writeNumberField("out_client_bytes", traffic.outBytes());
    out.writeNumberField("slow_consumers", figures.slowConsumers());
    out.writeNumberField("subscriptions", figures.subscriptions());
  }

  /** What the public server has no name for: how the log does, since the start. */
  private void writeLog(JsonGenerator out) throws IOException {
    StoreStats stats = server.storeStats().orElse(null);
    if (stats == null) {
      return;
    }
    out.writeObjectFieldStart("slipstream_log");
    out.writeNumberField("commits", stats.commits());
    out.writeNumberField("syncs", stats.syncs());
    out.writeNumberField("records", stats.records());
    out.writeNumberField("bytes_written", stats.bytesWritten());
    out.writeNumberField("sync_p50", stats.p50SyncNanos());
    out.writeNumberField("sync_p99", stats.p99SyncNanos());
    out.writeNumberField("records_per_sync", stats.recordsPerSync());
    out.writeNumberField("checkpoints", stats.checkpoints());
    out.writeNumberField("checkpoint_last", stats.lastCheckpointNanos());
    out.writeNumberField("replayed_records", stats.replayedRecords());
    out.writeNumberField("damaged_ranges", stats.damagedRanges());
    out.writeNumberField("damaged_messages", stats.damagedMessages());
    out.writeNumberField("message_ids_forgotten", server.forgottenMessageIds());
    if (stats.failure() != null) {
      out.writeStringField("failure", stats.failure());
    }
    out.writeEndObject();
  }

  /** Memory of the process; where the system does not tell, that of the heap. */
  private static long residentBytes() {
    try {
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException | RuntimeException notLinux) {
      return Runtime.getRuntime().totalMemory();
    }
  }
}
