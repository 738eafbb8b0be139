// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/** When a supervisor starts a child again that has stopped. */
public enum Restart {
  /** Always. */
  PERMANENT,
  /** When it stopped for an abnormal reason; see {@link StopReason#isAbnormal}. */
  TRANSIENT,
  /** Never; once it has stopped the supervisor forgets it. */
  TEMPORARY;

  boolean applies(StopReason reason) {
    return this == PERMANENT || this == TRANSIENT && reason.isAbnormal();
  }
}
