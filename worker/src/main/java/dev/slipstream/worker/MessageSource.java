// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.PullConsumer;
import java.util.concurrent.CompletableFuture;

/**
 * Where a worker has its messages from when it does not name a consumer: something that finds the
 * consumers itself, one after the other, such as a member of a {@linkplain
 * dev.slipstream.worker.groups.GroupMember partitioned group}.
 *
 * <p>Immutable; each life of a worker begins an {@link Intake} of its own.
 */
public interface MessageSource {

  /**
   * Begins; called in the worker's mailbox, and may wait for the server.
   *
   * @param js the worker's connection
   * @param workers whose threads it takes
   * @param consuming begins each consumption
   * @throws dev.slipstream.client.NatsException when it cannot begin now: an attempt that failed
   */
  Intake begin(JetStream js, Workers workers, Consuming consuming);

  /** What the worker does with a consumer that was found. */
  interface Consuming {
    /**
     * Begins to consume; the consumption before has ended.
     *
     * @param options with what the source needs, which stays as it is
     */
    Consumption begin(PullConsumer consumer, ConsumeOptions.Builder options);
  }

  /** The messages of one life, across reconnects and changes of the consumer. */
  interface Intake {
    /** Done when no consumption will be begun any more and the last has ended; says why. */
    CompletableFuture<Object> closed();

    /** Ends it; waits for nothing. Any thread. */
    void stop();
  }
}
