// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** How stored messages are compressed ({@code compression}). */
public enum Compression {
  /** Not at all. */
  NONE("none"),

  /** With S2. */
  S2("s2");

  private final String wireName;

  Compression(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static Compression read(JsonReader in) {
    return in.stringWord(Compression::ofWireName, "unknown compression algorithm");
  }

  private static @Nullable Compression ofWireName(String word) {
    for (Compression value : values()) {
      if (value.wireName.equals(word)) {
        return value;
      }
    }
    return null;
  }
}
