// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConsumerConfig;

/** What a consumption does when its consumer is deleted at the server. */
public sealed interface OnDeleted {

  /** It ends, with {@link Closed.ConsumerDeleted}. */
  record End() implements OnDeleted {}

  /**
   * It looks for a consumer of that name, after growing delays of up to 5 s, until there is one.
   */
  record Wait() implements OnDeleted {}

  /**
   * It creates the consumer again, under its name, and goes on where the configuration begins: with
   * all messages, unless that says otherwise.
   */
  record Recreate(ConsumerConfig config) implements OnDeleted {
    /**
     * @throws IllegalArgumentException when it pushes
     */
    public Recreate {
      if (config.isPush()) {
        throw new IllegalArgumentException("a pull consumer has no deliver subject");
      }
    }
  }
}
