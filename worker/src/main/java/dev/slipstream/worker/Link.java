// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * What a life is linked to: who started it, and ends abnormally with it.
 *
 * <p>Owner: the control loop.
 */
sealed interface Link permits LinkedLives, LinkedThread {

  /** A linked life has stopped, or its start has failed, which its starter was told otherwise. */
  void onStopped(Life linked, StopReason reason);

  /** A life is not linked any more. */
  void cut(Life linked);
}
