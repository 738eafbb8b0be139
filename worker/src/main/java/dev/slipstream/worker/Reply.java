// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a message, and the state for the next one.
 *
 * @param action what is sent
 * @param state the next state
 * @param delay with {@link Action#NACK}: after how long it is to be delivered again; null for at
 *     once
 * @param reason with {@link Action#TERM}: why, for the server's advisory; null for no reason
 * @param <S> the worker's state
 */
public record Reply<S>(Action action, S state, @Nullable Duration delay, @Nullable String reason) {

  /** What is sent to the server about a message. */
  public enum Action {
    /** It was handled. */
    ACK,
    /** It was not and is to be delivered again. */
    NACK,
    /** It was not and is never to be delivered again. */
    TERM,
    /** Nothing: somebody settles it later, or the server delivers it again after the ack wait. */
    NONE
  }

  /** It was handled. */
  public static <S> Reply<S> ack(S state) {
    return new Reply<>(Action.ACK, state, null, null);
  }

  /** It is to be delivered again, at once. */
  public static <S> Reply<S> nack(S state) {
    return new Reply<>(Action.NACK, state, null, null);
  }

  /** It is to be delivered again, after {@code delay}. */
  public static <S> Reply<S> nack(S state, Duration delay) {
    return new Reply<>(Action.NACK, state, delay, null);
  }

  /** It is never to be delivered again. */
  public static <S> Reply<S> term(S state) {
    return new Reply<>(Action.TERM, state, null, null);
  }

  /** It is never to be delivered again, for a reason that the server makes known. */
  public static <S> Reply<S> term(S state, String reason) {
    return new Reply<>(Action.TERM, state, null, reason);
  }

  /** Nothing is said about it now; any thread may settle it later. */
  public static <S> Reply<S> none(S state) {
    return new Reply<>(Action.NONE, state, null, null);
  }
}
