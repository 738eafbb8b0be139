// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import org.jspecify.annotations.Nullable;

/** Where in the stream a consumer starts ({@code deliver_policy}). */
public enum DeliverPolicy {
  /** With the first message. */
  ALL("all"),

  /** With the last message. */
  LAST("last"),

  /** With the next message to be stored. */
  NEW("new"),

  /** At {@code opt_start_seq}. */
  BY_START_SEQUENCE("by_start_sequence"),

  /** With the first message not older than {@code opt_start_time}. */
  BY_START_TIME("by_start_time"),

  /** With the last message of each subject. */
  LAST_PER_SUBJECT("last_per_subject");

  private final String wireName;

  DeliverPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** The word that stands for it in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Reads the word; an unknown one ends the reading. */
  public static DeliverPolicy read(JsonReader in) {
    return in.word(DeliverPolicy::ofWireName, "can not unmarshal %q");
  }

  private static @Nullable DeliverPolicy ofWireName(String word) {
    return word.equals("undefined") ? ALL : WireNames.find(values(), DeliverPolicy::wireName, word);
  }
}
