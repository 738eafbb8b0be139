// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/** Which children a supervisor restarts when one of them has to be. */
public enum Strategy {
  /** That one alone. */
  ONE_FOR_ONE,
  /** All: the others are stopped first, in reverse order. */
  ONE_FOR_ALL,
  /** That one and those started after it, which are stopped first, in reverse order. */
  REST_FOR_ONE
}
