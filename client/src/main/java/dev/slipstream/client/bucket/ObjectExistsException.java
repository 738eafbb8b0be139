// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;

/** An object stands in the way of another one of its name. */
public class ObjectExistsException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** There is one of that name. */
  public ObjectExistsException(String bucket, String name) {
    super("bucket " + bucket + " has an object " + name);
  }
}
