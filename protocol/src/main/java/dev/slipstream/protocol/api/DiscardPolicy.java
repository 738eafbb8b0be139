// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** What gives way when a stream is full ({@code discard}). */
public enum DiscardPolicy {
  /** The oldest messages are dropped. */
  OLD("old"),

  /** The new message is refused. */
  NEW("new");

  private final String wireName;

  DiscardPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static DiscardPolicy read(JsonReader in) {
    return in.word(DiscardPolicy::ofWireName, "can not unmarshal %q");
  }

  private static @Nullable DiscardPolicy ofWireName(String word) {
    for (DiscardPolicy value : values()) {
      if (value.wireName.equalsIgnoreCase(word)) {
        return value;
      }
    }
    return null;
  }
}
