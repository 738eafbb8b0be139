// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;

/** A client with a stream for each test, whose one subject has the name of the stream. */
@SuppressWarnings("NullAway.Init")
abstract class StreamFixture extends ClientFixture {
  JsStream stream;

  @BeforeEach
  void createStream() {
    stream =
        js.createStream(
            StreamConfig.builder(name).subjects(name).storage(StorageType.MEMORY).build());
  }

  void publish(int count, int size) {
    for (int i = 0; i < count; i++) {
      js.publishAsync(name, new byte[size]);
    }
    js.awaitPublished(PATIENCE);
  }

  PullConsumer consumer() {
    return stream.createConsumer(Consumers.ephemeral().build());
  }

  PullConsumer consumer(Duration ackWait) {
    return stream.createConsumer(Consumers.ephemeral().ackWaitNanos(ackWait.toNanos()).build());
  }

  /** With room for all that a test publishes, also unsettled. */
  PullConsumer roomyConsumer() {
    return stream.createConsumer(Consumers.ephemeral().maxAckPending(100_000).build());
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  void awaitBuffered(Consumption consumption, int messages) {
    Eventually.holds(
        PATIENCE, consumption::state, () -> consumption.state().bufferedMessages() >= messages);
  }
}
