// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStreamException;

/** There is no such group. */
public class GroupNotFoundException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** There is no group of that name on that stream. */
  public GroupNotFoundException(String stream, String group) {
    super("there is no group '" + group + "' on stream " + stream);
  }
}
