// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

/** How delivered messages are acknowledged ({@code ack_policy}). */
public enum AckPolicy {
  /** Not at all. */
  NONE("none"),

  /** An acknowledgement covers all messages before it. */
  ALL("all"),

  /** Each message by itself. */
  EXPLICIT("explicit"),

  /** Like {@link #ALL}, by the answers to flow control. */
  FLOW_CONTROL("flow_control");

  private final String wireName;

  AckPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static AckPolicy read(JsonReader in) {
    return in.word(
        word -> WireNames.find(values(), AckPolicy::wireName, word), "can not unmarshal %q");
  }
}
