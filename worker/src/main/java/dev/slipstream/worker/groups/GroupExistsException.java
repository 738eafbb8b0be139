// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStreamException;

/** A group that was to be created is there with another configuration. */
public class GroupExistsException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** The group is there with {@code present}. */
  public GroupExistsException(String stream, String group, GroupConfig present) {
    super("the group '" + group + "' on stream " + stream + " is there, with " + present);
  }
}
