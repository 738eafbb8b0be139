// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;

/**
 * Where an account's clients really publish to when they publish under {@code source}.
 *
 * @param source the subjects that are mapped, wildcards allowed
 * @param destinations what they become, each for a share of the messages
 * @param lossy whether a message that no destination takes is dropped; otherwise it stays as it is
 */
public record MappingConfig(String source, List<Destination> destinations, boolean lossy) {

  /** All of the messages. */
  public static final int WHOLE = 100;

  /**
   * What a subject becomes.
   *
   * @param subject text, wildcards of the source and mapping functions
   * @param weight the share of the messages, in percent
   */
  public record Destination(String subject, int weight) {}

  public MappingConfig {
    destinations = List.copyOf(destinations);
  }
}
