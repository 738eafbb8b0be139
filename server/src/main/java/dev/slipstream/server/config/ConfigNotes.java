// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;

/**
 * What a user should know about a configuration that can be used.
 *
 * @param warnings fields in a form that is out of use, with their places
 * @param ignored parts that are valid but not built, so that the server does without them
 */
public record ConfigNotes(List<String> warnings, List<String> ignored) {

  /** Nothing to say. */
  public static final ConfigNotes NONE = new ConfigNotes(List.of(), List.of());

  public ConfigNotes {
    warnings = List.copyOf(warnings);
    ignored = List.copyOf(ignored);
  }
}
