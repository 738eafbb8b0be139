// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Beginnings of the configurations that pull consumers usually have: each message is acknowledged
 * by itself, from the stream's first message on.
 */
public final class Consumers {

  private Consumers() {}

  /** Without a name of its own; the server deletes it once nobody has pulled for 5 s. */
  public static ConsumerConfig.Builder ephemeral() {
    return ConsumerConfig.builder().ackPolicy(AckPolicy.EXPLICIT);
  }

  /** With a name; it stays until it is deleted. */
  public static ConsumerConfig.Builder durable(String name) {
    return ephemeral().name(name).durableName(name);
  }

  /** With a name; the server deletes it once nobody has pulled for {@code inactive}. */
  public static ConsumerConfig.Builder named(String name, Duration inactive) {
    return ephemeral().name(name).inactiveThresholdNanos(TimeUnit.NANOSECONDS.convert(inactive));
  }
}
