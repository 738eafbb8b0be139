// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** At which pace old messages are delivered ({@code replay_policy}). */
public enum ReplayPolicy {
  /** As fast as possible. */
  INSTANT("instant"),

  /** With the pauses in which they were stored. */
  ORIGINAL("original");

  private final String wireName;

  ReplayPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static ReplayPolicy read(JsonReader in) {
    return in.word(ReplayPolicy::ofWireName, "can not unmarshal %q");
  }

  private static @Nullable ReplayPolicy ofWireName(String word) {
    for (ReplayPolicy value : values()) {
      if (value.wireName.equals(word)) {
        return value;
      }
    }
    return null;
  }
}
