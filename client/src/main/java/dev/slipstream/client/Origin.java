// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * Where messages are delivered from: a consumer of a stream, or a subscription.
 *
 * @param stream the stream; empty for a subscription
 * @param group who shares the messages: the consumer's name, or the subscription's queue group;
 *     empty for a subscription without one, and for a consumer whose name was made up, such as
 *     those of an {@link OrderedConsumer}
 * @param subject what was subscribed to, which may hold wildcards; empty for a consumer
 */
public record Origin(String stream, String group, String subject) {

  /** Whether it is a consumer of a stream. */
  public boolean isConsumer() {
    return !stream.isEmpty();
  }
}
