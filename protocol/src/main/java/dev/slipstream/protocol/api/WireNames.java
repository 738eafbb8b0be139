// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the constant of a closed list by the word that stands for it in JSON. */
final class WireNames {
  private WireNames() {}

  /** The first of {@code values} whose name is {@code word}, or null. */
  static <E> @Nullable E find(E[] values, Function<E, String> wireName, String word) {
    for (E value : values) {
      if (wireName.apply(value).equals(word)) {
        return value;
      }
    }
    return null;
  }
}
