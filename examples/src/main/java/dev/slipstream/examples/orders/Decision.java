// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import java.time.Duration;

/**
 * What a step decides about an order.
 *
 * @param <S> the state of the step
 */
sealed interface Decision<S> {

  /** It is done with it: the result is stored, and the order acknowledged. */
  record Done<S>(S state, String result) implements Decision<S> {}

  /** It cannot do it yet: the order comes again after the delay. */
  record Later<S>(S state, Duration delay) implements Decision<S> {}
}
