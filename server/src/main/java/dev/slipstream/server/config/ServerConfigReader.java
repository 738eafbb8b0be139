// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.json.GoQuote;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the top level of a configuration file into a builder.
 *
 * <p>Three kinds of fields: those the server acts on; those it can do without, which are noted; and
 * those that would protect it, which stop the start as long as they are not built.
 */
final class ServerConfigReader {

  private static final long MIN_LAME_DUCK_NANOS = 30_000_000_000L;

  private final ConfigReport report;
  private final ServerConfigBuilder config;
  private final JetStreamReader jetStream;
  private final AuthorizationReader authorization;
  private final AccountsReader accounts;
  private final MappingsReader mappings;

  ServerConfigReader(ConfigReport report, ServerConfigBuilder config) {
    this.report = report;
    this.config = config;
    this.jetStream = new JetStreamReader(report);
    PermissionsReader permissions = new PermissionsReader(report);
    UsersReader users = new UsersReader(report, permissions);
    this.authorization = new AuthorizationReader(report, users, permissions);
    this.accounts = new AccountsReader(report, users, permissions);
    this.mappings = new MappingsReader(report);
  }

  void read(ConfigFile file) {
    if (file.root().fields().isEmpty()) {
      report.warning(file.name() + ": config has no values or is empty");
    }
    for (ConfigValue.Entry entry : file.root().entries()) {
      report.guard(() -> readField(entry));
    }
    if (accounts.hasUsers()) {
      authorization.noSingleUser();
    }
    config.jetStream(jetStream.config());
  }

  private void readField(ConfigValue.Entry entry) {
    String name = Fields.name(entry);
    if (!readNetwork(name, entry)
        && !readLogging(name, entry)
        && !readLimit(name, entry)
        && !readIdentity(name, entry)
        && !noteNotBuilt(name, entry)) {
      report.unknownField(entry);
    }
  }

  private boolean readNetwork(String name, ConfigValue.Entry entry) {
    switch (name) {
      case "listen" -> {
        Address address = Address.of(entry);
        config.host(address.host()).port(address.port());
      }
      case "host", "net" -> config.host(Fields.text(entry));
      case "port" -> config.port(Fields.count(entry));
      case "client_advertise" -> config.clientAdvertise(Fields.text(entry));
      case "http" -> {
        Address address = Address.of(entry);
        config.httpHost(address.host()).httpPort(address.port());
      }
      case "http_port", "monitor_port" -> config.httpPort(Fields.count(entry));
      case "http_base_path" -> config.httpBasePath(Fields.text(entry));
      case "pidfile", "pid_file" -> config.pidFile(Fields.path(entry));
      case "ports_file_dir" -> config.portsFileDir(Fields.path(entry));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readLogging(String name, ConfigValue.Entry entry) {
    switch (name) {
      case "debug" -> config.debug(Fields.flag(entry));
      case "trace" -> config.trace(Fields.flag(entry));
      case "trace_verbose" -> config.traceVerbose(Fields.flag(entry)).trace(Fields.flag(entry));
      case "trace_headers" -> config.trace(Fields.flag(entry));
      case "logtime" -> config.logTime(Fields.flag(entry));
      case "logtime_utc" -> config.logUtc(Fields.flag(entry));
      case "logfile", "log_file" -> config.logFile(Fields.path(entry));
      case "logfile_size_limit", "log_size_limit" -> config.logSizeLimitBytes(Fields.whole(entry));
      case "logfile_max_num", "log_max_num" -> config.logMaxFiles(Fields.count(entry));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readLimit(String name, ConfigValue.Entry entry) {
    switch (name) {
      case "max_control_line" -> config.maxControlLine(Fields.count(entry));
      case "max_payload" -> config.maxPayload(Fields.count(entry));
      case "max_pending" -> config.maxPendingBytes(Fields.whole(entry));
      case "max_connections", "max_conn" -> {
        int max = Fields.count(entry);
        config.maxConnections(max == 0 ? -1 : max);
      }
      case "max_subscriptions", "max_subs" -> config.maxSubscriptions(Fields.count(entry));
      case "max_sub_tokens", "max_subscription_tokens" ->
          config.maxSubscriptionTokens(subscriptionTokens(entry));
      case "ping_interval" -> config.pingIntervalNanos(Fields.durationOrSeconds(entry, report));
      case "ping_max" -> config.pingMax(Fields.count(entry));
      case "write_deadline" -> config.writeDeadlineNanos(Fields.durationOrSeconds(entry, report));
      case "lame_duck_duration" -> config.lameDuckDurationNanos(lameDuckDuration(entry));
      case "lame_duck_grace_period" -> config.lameDuckGracePeriodNanos(gracePeriod(entry));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readIdentity(String name, ConfigValue.Entry entry) {
    switch (name) {
      case "server_name" -> config.serverName(serverName(entry));
      case "server_tags" -> config.serverTags(Fields.texts(entry));
      case "server_metadata" -> config.serverMetadata(metadata(entry));
      case "jetstream" -> jetStream.read(entry);
      case "store_dir", "storedir" -> jetStream.storeDir(entry);
      case "authorization" -> authorization.read(entry, config);
      case "accounts" -> accounts.read(entry, config);
      case "mappings", "maps" -> config.mappings(mappings.read(entry));
      case "no_auth_user" -> config.noAuthUser(Fields.text(entry));
      case "system_account", "system" -> config.systemAccount(Fields.text(entry));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Valid fields that this server does not act on; false for a field that nobody knows. */
  private boolean noteNotBuilt(String name, ConfigValue.Entry entry) {
    switch (name) {
      case "tls",
          "operator",
          "operators",
          "root",
          "roots",
          "root_operator",
          "root_operators",
          "resolver",
          "account_resolver",
          "accounts_resolver",
          "resolver_tls",
          "resolver_preload",
          "resolver_pinned_accounts",
          "trusted",
          "trusted_keys",
          "proxies" ->
          report.refused(name, entry.position());
      case "cluster", "gateway", "leafnodes", "websocket", "mqtt" ->
          report.notBuilt(name, entry.position());
      case "leaf" -> report.notBuilt("leafnodes", entry.position());
      case "ws" -> report.notBuilt("websocket", entry.position());
      case "https", "https_port" -> report.notBuilt("monitoring over TLS", entry.position());
      case "allow_non_tls",
          "connect_error_reports",
          "default_js_domain",
          "default_sentinel",
          "disable_sublist_cache",
          "feature_flags",
          "max_closed_clients",
          "max_traced_msg_len",
          "no_fast_producer_stall",
          "no_header_support",
          "no_sublist_cache",
          "no_sys_acc",
          "no_system",
          "no_system_account",
          "ocsp",
          "ocsp_cache",
          "prof_block_rate",
          "prof_port",
          "proxy_protocol",
          "reconnect_error_reports",
          "remote_syslog",
          "syslog",
          "write_timeout" ->
          report.notBuilt(name, entry.position());
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String serverName(ConfigValue.Entry entry) {
    String name = Fields.text(entry);
    if (name.indexOf(' ') >= 0) {
      throw new ConfigReport.BadField(entry.position(), "server name cannot contain spaces");
    }
    return name;
  }

  private static Map<String, String> metadata(ConfigValue.Entry entry) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (ConfigValue.Entry field : Fields.block(entry).entries()) {
      metadata.put(field.key(), Fields.text(field));
    }
    return metadata;
  }

  private static int subscriptionTokens(ConfigValue.Entry entry) {
    long tokens = Fields.whole(entry);
    if (tokens > 255) {
      throw new ConfigReport.BadField(entry.position(), entry.key() + " value is too big");
    }
    if (tokens <= 0) {
      throw new ConfigReport.BadField(entry.position(), entry.key() + " value can not be negative");
    }
    return (int) tokens;
  }

  private static long lameDuckDuration(ConfigValue.Entry entry) {
    long nanos = Fields.duration(entry);
    if (nanos < MIN_LAME_DUCK_NANOS) {
      throw new ConfigReport.BadField(
          entry.position(),
          "invalid lame_duck_duration of " + GoDuration.format(nanos) + ", minimum is 30 seconds");
    }
    return nanos;
  }

  private static long gracePeriod(ConfigValue.Entry entry) {
    long nanos = Fields.duration(entry);
    if (nanos < 0) {
      throw new ConfigReport.BadField(
          entry.position(), "invalid lame_duck_grace_period, needs to be positive");
    }
    return nanos;
  }

  /** Where to listen: {@code host:port}, {@code [v6]:port}, or a port alone. */
  private record Address(@Nullable String host, int port) {

    static Address of(ConfigValue.Entry entry) {
      if (entry.value() instanceof ConfigValue.Whole) {
        return new Address(null, Fields.count(entry));
      }
      if (!(entry.value() instanceof ConfigValue.Text text)) {
        throw new ConfigReport.BadField(
            entry.position(), "expected port or host:port, got " + entry.value().kind());
      }
      String address = text.text();
      int colon = address.lastIndexOf(':');
      String host = colon < 0 ? "" : address.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (colon < 0 || !bracketed && (host.indexOf(':') >= 0 || host.indexOf('[') >= 0)) {
        throw new ConfigReport.BadField(
            entry.position(), "could not parse address string " + GoQuote.quote(address));
      }
      String port = address.substring(colon + 1);
      try {
        return new Address(
            bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
      } catch (NumberFormatException malformed) {
        throw new ConfigReport.BadField(
            entry.position(), "could not parse port " + GoQuote.quote(port));
      }
    }
  }
}
