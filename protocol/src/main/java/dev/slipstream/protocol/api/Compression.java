// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

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
    return in.stringWord(
        word -> WireNames.find(values(), Compression::wireName, word),
        "unknown compression algorithm");
  }
}
