// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.PullConsumer;
import org.junit.jupiter.api.Test;

/** Handlers that leave their thread interrupted, as code does that was interrupted itself. */
class InterruptedHandlerTest extends WorkerFixture {

  @Test
  void theNextMessageIsHandledAllTheSame() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(10);
    Recorder recorder =
        new Recorder(
            options().batchSize(5).build(),
            (message, state) -> {
              Thread.currentThread().interrupt();
              return Reply.ack(state + 1);
            });
    workers.start(recorder, 0);
    recorder.awaitHandled(10);
    awaitInfo(consumer, info -> info.ackFloor().consumerSeq() == 10);
    assertThat(consumer.info().numRedelivered()).isZero();
  }
}
