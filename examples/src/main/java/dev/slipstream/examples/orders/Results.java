// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.client.ConnectionLostException;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.worker.Workers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The results of the steps, one for each step and order, in the stream {@code RESULTS}. Any thread.
 *
 * @param workers where the connection is looked for, since another client may have its place
 */
record Results(Workers workers) {
  /**
   * Shorter than the ack wait: who waits in vain gives the order back, rather than have it twice.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /**
   * Stores a result; returns when the server has it.
   *
   * @return whether there was one before, which stays
   * @throws dev.slipstream.client.NatsException when it is not known to be stored
   */
  boolean store(String step, String order, String result) {
    return jetStream()
        .publish(
            Streams.result(step, order),
            result.getBytes(StandardCharsets.UTF_8),
            PublishOptions.none().messageId(step + "-" + order))
        .duplicate();
  }

  /** The result of another step, if there is one. */
  Optional<String> find(String step, String order) {
    return jetStream()
        .bindStream(Streams.RESULTS)
        .lastMessage(Streams.result(step, order))
        .map(StreamMessage::text);
  }

  private JetStream jetStream() {
    JetStreamOptions patient =
        JetStreamOptions.defaults().timeout(PATIENCE).publishTimeout(PATIENCE);
    return workers
        .connection(Orders.CONNECTION)
        .map(client -> client.jetStream(patient))
        .orElseThrow(() -> new ConnectionLostException("there is no connection now", null));
  }
}
