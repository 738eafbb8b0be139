// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

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
    return in.word(
        word -> WireNames.find(values(), ReplayPolicy::wireName, word), "can not unmarshal %q");
  }
}
