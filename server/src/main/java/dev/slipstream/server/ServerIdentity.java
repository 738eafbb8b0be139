// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.engine.EngineOptions;
import dev.slipstream.server.config.ServerConfig;
import java.util.random.RandomGenerator;

/**
 * What a server says of itself, to clients and in the log.
 *
 * @param id 56 characters in the form of a public server key; new with every start
 * @param name as configured, or the id
 * @param version the version of the protocol's reference implementation that clients may expect to
 *     meet; they switch features by it
 * @param ownVersion the version of this software
 * @param apiLevel the JetStream API level; 0 when there is none to speak of
 * @param host the host that clients are told
 * @param port the port that clients are told; 0 when it listens on none
 * @param jetStream whether JetStream is on
 */
record ServerIdentity(
    String id,
    String name,
    String version,
    String ownVersion,
    int apiLevel,
    String host,
    int port,
    boolean jetStream) {

  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int ID_LENGTH = 56;

  /** A new identity by a configuration, not listening yet. */
  static ServerIdentity of(ServerConfig config, boolean jetStream, RandomGenerator random) {
    String given = config.serverId();
    String id = given == null ? newId(random) : given;
    String name = config.serverName();
    return new ServerIdentity(
        id,
        name == null ? id : name,
        SlipstreamServer.COMPATIBLE_VERSION,
        builtVersion(),
        EngineOptions.API_LEVEL,
        config.host(),
        0,
        jetStream);
  }

  /** The same, where clients are to look for it. */
  ServerIdentity at(String shownHost, int shownPort) {
    return new ServerIdentity(
        id, name, version, ownVersion, apiLevel, shownHost, shownPort, jetStream);
  }

  /** In the form of a public server key, which it is not. */
  private static String newId(RandomGenerator random) {
    StringBuilder id = new StringBuilder(ID_LENGTH).append('N');
    while (id.length() < ID_LENGTH) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /** The version of this build, as the jar names it. */
  private static String builtVersion() {
    String version = ServerIdentity.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  /** The runtime, where the public server shows Go's version. */
  static String runtime() {
    return "java" + Runtime.version().feature();
  }
}
