// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;

/** Where messages are kept ({@code storage}). */
public enum StorageType {
  /** On disk. */
  FILE("file"),

  /** In memory; lost when the server stops. */
  MEMORY("memory");

  private final String wireName;

  StorageType(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static StorageType read(JsonReader in) {
    return in.word(
        word -> WireNames.find(values(), StorageType::wireName, word), "can not unmarshal %q");
  }
}
