// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.List;

/** The streams, and the consumer of each step. */
final class Streams {
  static final String ORDERS = "ORDERS";
  static final String RESULTS = "RESULTS";

  /** A step takes milliseconds; so long an order waits that a killed one had at hand. */
  private static final Duration ACK_WAIT = Duration.ofSeconds(2);

  private Streams() {}

  /** The subject of an order. */
  static String order(String id) {
    return "orders." + id;
  }

  /** The subject of a result. */
  static String result(String step, String order) {
    return "results." + step + "." + order;
  }

  /** Creates what is not there. */
  static void create(JetStream js, List<String> steps) {
    js.createStream(StreamConfig.builder(RESULTS).subjects("results.>").build());
    JsStream orders = js.createStream(StreamConfig.builder(ORDERS).subjects("orders.>").build());
    for (String step : steps) {
      orders.createOrUpdateConsumer(
          Consumers.durable(step).ackWaitNanos(ACK_WAIT.toNanos()).build());
    }
  }
}
