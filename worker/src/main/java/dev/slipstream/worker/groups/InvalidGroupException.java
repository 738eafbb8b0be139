// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStreamException;
import org.jspecify.annotations.Nullable;

/** The configuration of a group, as it stands in its bucket, cannot be read or cannot be used. */
public class InvalidGroupException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** Says of which key, and what is wrong. */
  public InvalidGroupException(String key, String what, @Nullable Throwable cause) {
    super("the configuration of " + key + " is invalid: " + what, cause);
  }
}
