// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static dev.slipstream.cli.GoFlags.Kind.BOOL;
import static dev.slipstream.cli.GoFlags.Kind.INT;
import static dev.slipstream.cli.GoFlags.Kind.STRING;

import dev.slipstream.server.config.ServerConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The flags of the server, by the public server's names, and what they mean for the settings. */
final class ServerFlags {

  /** Flags for things without which the server would not be the one that was asked for. */
  private static final List<String> REFUSED =
      List.of(
          "cluster",
          "routes",
          "tls",
          "tlsverify",
          "tlscert",
          "tlskey",
          "tlscacert",
          "help_tls",
          "syslog",
          "remote_syslog",
          "https_port",
          "profile");

  /** Flags that change nothing as long as there is no cluster and no trace to shorten. */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "cluster_name",
          "cluster_advertise",
          "no_advertise",
          "connect_retries",
          "max_traced_msg_len");

  private final GoFlags flags =
      new GoFlags()
          .define(BOOL, "h", "help")
          .define(BOOL, "v", "version")
          .define(BOOL, "t")
          .define(STRING, "a", "net", "addr")
          .define(INT, "p", "port")
          .define(STRING, "n", "name", "server_name")
          .define(STRING, "P", "pid")
          .define(INT, "m", "http_port")
          .define(INT, "ms", "https_port")
          .define(STRING, "c", "config")
          .define(STRING, "sl", "signal")
          .define(STRING, "client_advertise")
          .define(STRING, "ports_file_dir")
          .define(STRING, "l", "log")
          .define(BOOL, "T", "logtime")
          .define(BOOL, "logtime_utc")
          .define(BOOL, "s", "syslog")
          .define(STRING, "r", "remote_syslog")
          .define(BOOL, "D", "debug")
          .define(BOOL, "V", "trace")
          .define(BOOL, "VV")
          .define(BOOL, "DV")
          .define(BOOL, "DVV")
          .define(INT, "log_size_limit")
          .define(INT, "max_traced_msg_len")
          .define(BOOL, "js", "jetstream")
          .define(STRING, "sd", "store_dir")
          .define(STRING, "user")
          .define(STRING, "pass")
          .define(STRING, "auth")
          .define(BOOL, "tls")
          .define(BOOL, "tlsverify")
          .define(STRING, "tlscert")
          .define(STRING, "tlskey")
          .define(STRING, "tlscacert")
          .define(BOOL, "help_tls")
          .define(STRING, "cluster_listen", "cluster")
          .define(STRING, "routes")
          .define(STRING, "cluster_name")
          .define(STRING, "cluster_advertise")
          .define(BOOL, "no_advertise")
          .define(INT, "connect_retries")
          .define(INT, "profile");

  private ServerFlags() {}

  static ServerFlags parse(List<String> args) throws GoFlags.BadFlag {
    ServerFlags parsed = new ServerFlags();
    parsed.flags.parse(args);
    return parsed;
  }

  /** The first word that is no flag, or null. */
  @Nullable String word() {
    return flags.rest().isEmpty() ? null : flags.rest().get(0);
  }

  boolean wantsHelp() {
    return flags.isTrue("help");
  }

  boolean wantsVersion() {
    return flags.isTrue("version");
  }

  boolean wantsConfigTest() {
    return flags.isTrue("t");
  }

  @Nullable String signal() {
    return emptyAsNull(flags.text("signal"));
  }

  @Nullable String configFile() {
    return emptyAsNull(flags.text("config"));
  }

  /** The given flags that stop the start because what they ask for is not built. */
  List<String> refused() {
    return given(REFUSED);
  }

  /** The given flags that change nothing. */
  List<String> withoutEffect() {
    return given(WITHOUT_EFFECT);
  }

  private List<String> given(List<String> names) {
    List<String> given = new ArrayList<>();
    for (String name : names) {
      String value = flags.text(name);
      if (value != null && !value.isEmpty() && !value.equals("false") && !value.equals("0")) {
        given.add(name);
      }
    }
    return given;
  }

  /** Puts the given flags over what the configuration file set. */
  void applyTo(ServerConfigBuilder config) {
    text("addr", config::host);
    if (flags.isSet("port")) {
      config.port(port("port"));
    }
    text("server_name", config::serverName);
    text("client_advertise", config::clientAdvertise);
    if (flags.isSet("http_port")) {
      config.httpPort(port("http_port"));
    }
    path("pid", config::pidFile);
    path("ports_file_dir", config::portsFileDir);
    path("log", config::logFile);
    if (flags.isSet("log_size_limit")) {
      config.logSizeLimitBytes(flags.number("log_size_limit"));
    }
    bool("logtime", config::logTime);
    bool("logtime_utc", config::logUtc);
    applyVerbosity(config);
    bool("jetstream", config::jetStreamEnabled);
    path("store_dir", config::storeDirectory);
    text("user", config::user);
    text("pass", config::password);
    text("auth", config::token);
  }

  private void applyVerbosity(ServerConfigBuilder config) {
    bool("debug", config::debug);
    bool("trace", config::trace);
    bool("VV", on -> config.trace(on).traceVerbose(on));
    bool("DV", on -> config.debug(on).trace(on));
    bool("DVV", on -> config.debug(on).trace(on).traceVerbose(on));
  }

  /** A port; one that is too large stays too large, so that it is refused later. */
  private int port(String name) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, flags.number(name)));
  }

  private void text(String name, Consumer<@Nullable String> setting) {
    if (flags.isSet(name)) {
      setting.accept(flags.text(name));
    }
  }

  private void path(String name, Consumer<@Nullable Path> setting) {
    if (flags.isSet(name)) {
      String text = emptyAsNull(flags.text(name));
      setting.accept(text == null ? null : Path.of(text));
    }
  }

  private void bool(String name, Consumer<Boolean> setting) {
    if (flags.isSet(name)) {
      setting.accept(flags.isTrue(name));
    }
  }

  private static @Nullable String emptyAsNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
