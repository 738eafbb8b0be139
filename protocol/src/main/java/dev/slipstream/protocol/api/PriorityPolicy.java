// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

/** How waiting pulls are chosen from ({@code priority_policy}). */
public enum PriorityPolicy {
  /** In turn. */
  NONE("none"),

  /** A pull may ask to be served only above a backlog. */
  OVERFLOW("overflow"),

  /** One client is served, the others stand by. */
  PINNED_CLIENT("pinned_client"),

  /** The lowest priority number first. */
  PRIORITIZED("prioritized");

  private final String wireName;

  PriorityPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static PriorityPolicy read(JsonReader in) {
    return in.word(
        word -> WireNames.find(values(), PriorityPolicy::wireName, word),
        "unknown priority policy: %s");
  }
}
