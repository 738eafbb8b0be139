// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.Closed;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.PullConsumer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a membership has of a member's consumer: a handle of it and the consumption that goes on.
 *
 * @param consumer the handle
 * @param filters what the consumer filters on
 * @param pin whether this is the instance that is served
 * @param consumption what brings the messages
 */
record Holding(PullConsumer consumer, List<String> filters, PinWatch pin, Consumption consumption) {
  private static final String DOWN = "DOWN";

  /** Copies the list. */
  Holding {
    filters = List.copyOf(filters);
  }

  /** Done when no message is handled any more. */
  CompletableFuture<Closed> closed() {
    return consumption.closed();
  }

  /** Takes no more messages; those that wait are handed back, the one that is handled goes on. */
  void stop() {
    consumption.stop();
  }

  /** Whether there is no connection to tell the server anything. */
  boolean isCutOff() {
    return consumption.state().phase().equals(DOWN);
  }
}
