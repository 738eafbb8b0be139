// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

/** Says why a text is no {@link Schedule}. */
public final class ScheduleException extends Exception {
  private static final long serialVersionUID = 1L;

  ScheduleException(String reason) {
    super(reason);
  }
}
