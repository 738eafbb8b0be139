// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The help text of the server's flags, which no library writes since none knows their syntax. */
final class HelpText {

  private HelpText() {}

  /** The text for a program called {@code name}. */
  static String server(String name) {
    String command = name.equals(Invocation.NATS_SERVER) ? name : name + " server";
    try (InputStream resource = HelpText.class.getResourceAsStream("/server-help.txt")) {
      if (resource == null) {
        throw new IllegalStateException("server-help.txt is missing");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
          .replace("{command}", command);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
