// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.ConsumerConfig;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumptions whose consumer is deleted under them. */
@Timeout(120)
class OnDeletedTest extends StreamFixture {
  private final Semaphore handled = new Semaphore(0);

  private ConsumerConfig durable() {
    return Consumers.durable("d").build();
  }

  private void handle(JsMessage message) {
    message.ack();
    handled.release();
  }

  private void awaitHandled(int messages) throws InterruptedException {
    assertThat(handled.tryAcquire(messages, 30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void itIsCreatedAgainAndBeginsAsItsConfigurationSays() throws Exception {
    Events<PullEvent> events = new Events<>();
    publish(3, 10);
    PullConsumer consumer = stream.createConsumer(durable());
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder()
                .onDeleted(new OnDeleted.Recreate(durable()))
                .onEvent(events)
                .build(),
            this::handle);
    for (int round = 0; round < 5; round++) {
      awaitHandled(3);
      nc.flush(PATIENCE);
      consumer.delete();
    }
    awaitHandled(3);
    publish(1, 10);
    awaitHandled(1);
    assertThat(events.saw(PullEvent.ConsumerRenewed.class)).isTrue();
    consumption.stop();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.Stopped());
  }

  @Test
  void itWaitsUntilSomebodyCreatesIt() throws Exception {
    Events<PullEvent> events = new Events<>();
    PullConsumer consumer = stream.createConsumer(durable());
    ConsumeOptions options =
        ConsumeOptions.builder().onDeleted(new OnDeleted.Wait()).onEvent(events).build();
    Consumption consumption = consumer.consume(options, this::handle);
    publish(1, 10);
    awaitHandled(1);
    consumer.delete();
    events.await(PullEvent.ConsumerDeleted.class);
    assertThat(consumption.state().phase()).isEqualTo("WAITING");
    stream.createConsumer(durable());
    awaitHandled(1);
    consumption.stop();
  }

  @Test
  void itEndsWithItsStream() throws Exception {
    PullConsumer consumer = stream.createConsumer(durable());
    ConsumeOptions options = ConsumeOptions.builder().onDeleted(new OnDeleted.Wait()).build();
    Consumption consumption = consumer.consume(options, this::handle);
    publish(1, 10);
    awaitHandled(1);
    js.deleteStream(name);
    assertThat(get(consumption.closed())).isEqualTo(new Closed.StreamDeleted());
  }

  @Test
  void aStopEndsTheWaiting() throws Exception {
    Events<PullEvent> events = new Events<>();
    PullConsumer consumer = stream.createConsumer(durable());
    ConsumeOptions options =
        ConsumeOptions.builder().onDeleted(new OnDeleted.Wait()).onEvent(events).build();
    Messages messages = consumer.messages(options);
    publish(1, 10);
    messages.take().ack();
    nc.flush(PATIENCE);
    consumer.delete();
    events.await(PullEvent.ConsumerDeleted.class);
    messages.stop();
    assertThat(get(messages.closed())).isEqualTo(new Closed.Stopped());
  }

  @Test
  void aPushConsumerIsNotAskedFor() {
    ConsumerConfig push = ConsumerConfig.builder().deliverSubject("x").build();
    assertThatThrownBy(() -> new OnDeleted.Recreate(push))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
