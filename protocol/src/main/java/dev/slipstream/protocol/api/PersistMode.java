// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** When a publish is acknowledged ({@code persist_mode}). */
public enum PersistMode {
  /** When the message is stored as the server is configured to. */
  DEFAULT("default"),

  /** Already when the message is taken; it may be lost in a crash. */
  ASYNC("async");

  private final String wireName;

  PersistMode(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static PersistMode read(JsonReader in) {
    return in.word(PersistMode::ofWireName, "can not unmarshal %q");
  }

  private static @Nullable PersistMode ofWireName(String word) {
    return word.isEmpty() ? DEFAULT : WireNames.find(values(), PersistMode::wireName, word);
  }
}
