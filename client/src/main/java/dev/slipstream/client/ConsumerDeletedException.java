// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** The consumer was deleted while messages were expected of it. */
public class ConsumerDeletedException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  /** The consumer by name. */
  public ConsumerDeletedException(String stream, String consumer) {
    super("consumer " + consumer + " of stream " + stream + " is gone");
  }
}
