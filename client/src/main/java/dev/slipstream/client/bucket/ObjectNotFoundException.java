// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;

/** There is no object of that name, or it was deleted. */
public class ObjectNotFoundException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** There is none of that name. */
  public ObjectNotFoundException(String bucket, String name) {
    super("bucket " + bucket + " has no object " + name);
  }
}
