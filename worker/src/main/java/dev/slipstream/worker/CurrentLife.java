// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * Which life the calling thread runs a callback of: what a callback asks for must not wait for its
 * own return, and what it links is linked to its life.
 *
 * <p>Each thread has a value of its own. It is set by whoever calls a callback, and is not handed
 * on to threads that a callback starts.
 */
final class CurrentLife {
  private static final ThreadLocal<@Nullable Life> HERE = new ThreadLocal<>();

  private CurrentLife() {}

  /** Code that belongs to a life. */
  interface Callback<T, E extends Exception> {
    T call() throws E;
  }

  /** The life whose callback is what calls; null when it is none. */
  static @Nullable Life get() {
    return HERE.get();
  }

  /** Calls a callback of {@code life}. */
  static <T, E extends Exception> T within(@Nullable Life life, Callback<T, E> callback) throws E {
    Life before = HERE.get();
    HERE.set(life);
    try {
      return callback.call();
    } finally {
      if (before == null) {
        HERE.remove();
      } else {
        HERE.set(before);
      }
    }
  }
}
