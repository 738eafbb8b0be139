// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;

/**
 * A configuration that cannot be used: all that is wrong with it, a line each.
 *
 * <p>A message that belongs to a place in a file begins with {@code file:line:column: }.
 */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> messages;

  /** One thing that is wrong. */
  public ConfigException(String message) {
    this(List.of(message));
  }

  /** All things that are wrong, in the order in which they should be read; at least one. */
  public ConfigException(List<String> messages) {
    super(String.join("\n", messages));
    this.messages = List.copyOf(messages);
  }

  ConfigException(SourcePosition position, String reason) {
    this(position + ": " + reason);
  }

  /** What is wrong, a line each. */
  public List<String> messages() {
    return messages;
  }
}
