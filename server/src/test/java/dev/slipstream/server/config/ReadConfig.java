// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A configuration that stands in a test instead of a file. */
final class ReadConfig {
  private ReadConfig() {}

  static ServerConfig read(String text) {
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readText(text);
    return builder.build();
  }

  /** Expects that a configuration is refused in these words. */
  static void refuses(String text, String message) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class).hasMessage(message);
  }
}
