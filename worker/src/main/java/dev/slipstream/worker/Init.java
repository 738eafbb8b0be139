// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * What a worker's {@code init} says: that it runs, does not want to, or cannot.
 *
 * @param <S> the worker's state
 */
public sealed interface Init<S> {

  /** It runs with this state, on the consumer that the options name. */
  record Ok<S>(S state, WorkerOptions options) implements Init<S> {}

  /** It does not want to run, which is no failure: its supervisor goes on without it. */
  record Ignore<S>() implements Init<S> {}

  /** It cannot run: the start fails. */
  record Stop<S>(Object reason) implements Init<S> {}

  /** An {@link Ok}. */
  static <S> Init<S> ok(S state, WorkerOptions options) {
    return new Ok<>(state, options);
  }

  /** An {@link Ignore}. */
  static <S> Init<S> ignore() {
    return new Ignore<>();
  }

  /** A {@link Stop}. */
  static <S> Init<S> stop(Object reason) {
    return new Stop<>(reason);
  }
}
