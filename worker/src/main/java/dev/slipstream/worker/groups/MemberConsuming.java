// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.PullConsumer;

/**
 * Consumes what a membership has found to consume: for code that wants more than a handler, such as
 * options of its own or a worker.
 *
 * <p>Messages are those of the consumer, whose subjects begin with the partition; {@link
 * GroupMessage#of} takes it off. They are to be handled one at a time, or those of a key at least.
 */
@FunctionalInterface
public interface MemberConsuming {
  /**
   * Begins to consume; called each time the member's consumer is there, once the consumption before
   * has ended. It may block for a moment.
   *
   * @param consumer the member's consumer
   * @param options with the priority, the expiry and the listener of the membership, which have to
   *     stay as they are; all else is free. Should no more than one message be asked for at a time,
   *     the pin lapses while one is handled for longer than the ack wait
   * @return what the membership stops when it has to let go; when it ends otherwise, other than
   *     because the consumer is gone, the membership ends
   */
  Consumption begin(PullConsumer consumer, ConsumeOptions.Builder options);
}
