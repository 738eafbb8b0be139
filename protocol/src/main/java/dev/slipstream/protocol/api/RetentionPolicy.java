// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

/** What keeps a message in a stream (stream configuration, {@code retention}). */
public enum RetentionPolicy {
  /** Messages stay until a limit drops them. */
  LIMITS("limits"),

  /** Messages stay until every interested consumer has acknowledged them. */
  INTEREST("interest"),

  /** Messages stay until their one consumer has acknowledged them. */
  WORKQUEUE("workqueue");

  private final String wireName;

  RetentionPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static RetentionPolicy read(JsonReader in) {
    return in.word(
        word -> WireNames.find(values(), RetentionPolicy::wireName, word), "can not unmarshal %q");
  }
}
