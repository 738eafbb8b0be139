// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.config.GoDuration;
import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.server.config.ServerConfig;
import java.util.List;

/**
 * The lines a server logs as it starts, in the order and the words in which tools look for them:
 * they search for {@code Store Directory: "…"}, {@code Listening for client connections on …} and
 * {@code Server is ready}.
 */
final class StartupLog {

  private static final String RULE = "-------------------------------------------";
  private static final long LARGE_PAYLOAD_BYTES = 8L * 1024 * 1024;

  private final ServerLog log;
  private final ServerConfig config;

  StartupLog(ServerLog log, ServerConfig config) {
    this.log = log;
    this.config = config;
  }

  void starting(String serverId, String serverName, List<String> ignored) {
    String own = "slipstream v" + Version.own();
    log.info("Starting " + own);
    log.info("  Version:  " + Version.COMPATIBILITY);
    log.info("  Git:      [" + own + "]");
    log.info("  Name:     " + serverName);
    log.info("  ID:       " + serverId);
    if (config.hasPlainTextPasswords()) {
      log.warn("Plaintext passwords detected, use bcrypt");
    }
    if (config.configFile() != null) {
      log.info(
          "Using configuration file: " + config.configFile() + " (" + config.configDigest() + ")");
    }
    ignored.forEach(log::warn);
    if (config.maxPayload() > LARGE_PAYLOAD_BYTES) {
      log.warn(
          "max_payload is over "
              + bytes(LARGE_PAYLOAD_BYTES)
              + ": large messages hold up the small ones behind them");
    }
  }

  void jetStream() {
    JetStreamConfig jetStream = config.jetStream();
    if (!jetStream.enabled()) {
      log.info(
          "JetStream is off: start with -js, or put \"jetstream: enabled\" into the configuration file");
      return;
    }
    log.info("Starting JetStream");
    if (jetStream.isTemporary()) {
      log.warn("Temporary storage directory used, data could be lost on system reboot");
    }
    log.info("---------------- JETSTREAM ----------------");
    if (jetStream.strict()) {
      log.info("  Strict:          true");
    }
    log.info("  Max Memory:      " + bytes(jetStream.maxMemoryBytes()));
    log.info("  Max Storage:     " + bytes(jetStream.maxFileBytes()));
    log.info("  Store Directory: \"" + jetStream.directory() + "\"");
    if (jetStream.domain() != null) {
      log.info("  Domain:          " + jetStream.domain());
    }
    log.info("  Sync:            " + jetStream.sync());
    log.info(RULE);
  }

  void jetStreamTook(long nanos) {
    if (config.jetStream().enabled()) {
      log.info("Took " + GoDuration.format(nanos) + " to start JetStream");
    }
  }

  void listening(int port) {
    String host = config.host().indexOf(':') >= 0 ? "[" + config.host() + "]" : config.host();
    log.info("Listening for client connections on " + host + ":" + port);
  }

  void ready() {
    log.info("Server is ready");
  }

  /** A size as people read it: {@code 11.66 GB}. */
  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 1024 && unit < 5) {
      size /= 1024;
      unit++;
    }
    long hundredths = Math.round(size * 100);
    long fraction = hundredths % 100;
    return hundredths / 100
        + (fraction < 10 ? ".0" : ".")
        + fraction
        + " "
        + "KMGTPE".charAt(unit)
        + "B";
  }
}
