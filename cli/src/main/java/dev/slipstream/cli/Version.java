// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.SlipstreamServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The two versions: whose protocol is spoken, and which program speaks it. */
final class Version {

  private Version() {}

  /** The version of this program, from its build. */
  static String own() {
    try (InputStream resource = Version.class.getResourceAsStream("/version.properties")) {
      Properties properties = new Properties();
      properties.load(resource);
      return properties.getProperty("version");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** What {@code --version} prints; harnesses parse the first line. */
  static String lines() {
    return "nats-server: v"
        + SlipstreamServer.COMPATIBLE_VERSION
        + System.lineSeparator()
        + "slipstream v"
        + own();
  }
}
