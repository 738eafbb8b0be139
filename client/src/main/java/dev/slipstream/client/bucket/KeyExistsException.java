// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;

/** A key that was to be created has a value. */
public class KeyExistsException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  private final long revision;

  /** The key has a value since a revision. */
  public KeyExistsException(String key, long revision) {
    super(key + " has a value, of revision " + revision);
    this.revision = revision;
  }

  /** The revision of the value. */
  public long revision() {
    return revision;
  }
}
