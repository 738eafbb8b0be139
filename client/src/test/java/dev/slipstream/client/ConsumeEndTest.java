// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How consuming ends: stops, drains, limits, and what it consumed from going away. */
@Timeout(120)
class ConsumeEndTest extends StreamFixture {
  @Test
  void afterAStopTheNextFetchesGetTwoAndThenOne() throws Exception {
    for (int round = 0; round < 300; round++) {
      PullConsumer consumer = roomyConsumer();
      publish(3, 0);
      CountDownLatch three = new CountDownLatch(3);
      Consumption consumption =
          consumer.consume(
              m -> {
                m.ack();
                three.countDown();
              });
      assertThat(three.await(10, TimeUnit.SECONDS)).isTrue();
      consumption.stop();
      for (int i = 0; i < 3; i++) {
        js.publish(name, null);
      }
      assertThat(consumer.fetch(2).toList()).as("round %d", round).hasSize(2);
      assertThat(consumer.fetch(Fetch.noWait(100)).toList()).as("round %d", round).hasSize(1);
      stream.purge();
      consumer.delete();
    }
  }

  @Test
  void afterAStopMessagesOfAnotherPublisherAreNotSwallowedEither() throws Exception {
    try (NatsClient other = NatsClient.connect(server.url())) {
      JetStream otherJs = other.jetStream();
      PullConsumer consumer = roomyConsumer();
      for (int round = 0; round < 100; round++) {
        Consumption consumption = consumer.consume(JsMessage::ack);
        consumption.stop();
        otherJs.publish(name, null);
        FetchResult one = consumer.fetch(1);
        assertThat(one.toList()).as("round %d", round).hasSize(1).allMatch(JsMessage::ack);
      }
    }
  }

  @Test
  void aStopHandsBackWhatWaits() throws Exception {
    publish(100, 10);
    PullConsumer consumer = roomyConsumer();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    Consumption consumption =
        consumer.consume(
            m -> {
              handled.incrementAndGet();
              begun.countDown();
              go.await();
              m.ack();
            });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    awaitBuffered(consumption, 100);
    consumption.stop();
    assertThat(consumption.closed()).isNotDone();
    assertThat(consumer.fetch(Fetch.of(99).within(PATIENCE)).toList()).hasSize(99);
    go.countDown();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.Stopped());
    assertThat(handled).hasValue(1);
    assertThat(consumption.state().phase()).isEqualTo("ENDED");
  }

  @Test
  void aHandlerMayStopItsConsumption() throws Exception {
    publish(10, 10);
    AtomicInteger handled = new AtomicInteger();
    CompletableFuture<Consumption> self = new CompletableFuture<>();
    Consumption consumption =
        roomyConsumer()
            .consume(
                m -> {
                  if (handled.incrementAndGet() == 3) {
                    self.get().stop();
                  }
                  m.ack();
                });
    self.complete(consumption);
    assertThat(get(consumption.closed())).isEqualTo(new Closed.Stopped());
    assertThat(handled).hasValue(3);
  }

  @Test
  void aDrainOnAnIdleStreamEndsAtOnce() throws Exception {
    Consumption consumption = roomyConsumer().consume(JsMessage::ack);
    nc.flush(PATIENCE);
    long began = System.nanoTime();
    assertThat(get(consumption.drain(PATIENCE))).isEqualTo(new Closed.Drained());
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aDrainHandlesWhatHasCome() throws Exception {
    publish(50, 10);
    PullConsumer consumer = roomyConsumer();
    Semaphore go = new Semaphore(0);
    AtomicInteger handled = new AtomicInteger();
    Consumption consumption =
        consumer.consume(
            m -> {
              go.acquire();
              handled.incrementAndGet();
              m.ack();
            });
    awaitBuffered(consumption, 50);
    CompletableFuture<Closed> drained = consumption.drain(PATIENCE);
    nc.flush(PATIENCE);
    publish(5, 10);
    assertThat(drained).isNotDone();
    go.release(50);
    assertThat(get(drained)).isEqualTo(new Closed.Drained());
    assertThat(handled).hasValue(50);
    assertThat(consumer.fetch(Fetch.noWait(10)).toList()).hasSize(5);
  }

  @Test
  void aDrainGivesUpAtItsLimit() throws Exception {
    publish(50, 10);
    PullConsumer consumer = roomyConsumer();
    CountDownLatch go = new CountDownLatch(1);
    Consumption consumption =
        consumer.consume(
            m -> {
              go.await();
              m.ack();
            });
    awaitBuffered(consumption, 50);
    CompletableFuture<Closed> drained = consumption.drain(Duration.ofMillis(100));
    assertThat(consumer.fetch(Fetch.of(49).within(PATIENCE)).toList()).hasSize(49);
    go.countDown();
    assertThat(get(drained)).isIn(new Closed.Drained(), new Closed.Stopped());
  }

  @Test
  void aLimitedConsumptionAsksForNoMoreThanItsLimit() throws Exception {
    publish(10, 10);
    PullConsumer consumer = roomyConsumer();
    AtomicInteger handled = new AtomicInteger();
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().stopAfter(3).build(),
            m -> {
              handled.incrementAndGet();
              m.ack();
            });
    assertThat(get(consumption.closed())).isEqualTo(new Closed.LimitReached());
    assertThat(handled).hasValue(3);
    List<JsMessage> rest = consumer.fetch(Fetch.noWait(100)).toList();
    assertThat(rest.stream().map(m -> m.info().streamSequence()))
        .containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(rest).allMatch(m -> m.info().delivered() == 1);
  }

  @Test
  void aConsumerDeletedWhileItIsIdleEndsItsConsumption() throws Exception {
    PullConsumer consumer = roomyConsumer();
    Consumption consumption = consumer.consume(JsMessage::ack);
    nc.flush(PATIENCE);
    consumer.delete();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.ConsumerDeleted());
  }

  @Test
  void aConsumerDeletedWhileItDeliversEndsItsConsumption() throws Exception {
    PullConsumer consumer = roomyConsumer();
    CountDownLatch some = new CountDownLatch(100);
    Consumption consumption =
        consumer.consume(
            m -> {
              m.ack();
              some.countDown();
            });
    publish(1000, 10);
    assertThat(some.await(10, TimeUnit.SECONDS)).isTrue();
    consumer.delete();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.ConsumerDeleted());
  }

  @Test
  void aConsumerDeletedWhileNoPullWaitsEndsItsConsumptionWithTheNextPull() throws Exception {
    publish(10, 10);
    PullConsumer consumer = roomyConsumer();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().maxMessages(1).build(),
            m -> {
              begun.countDown();
              go.await();
              m.ack();
            });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    consumer.delete();
    go.countDown();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.ConsumerDeleted());
  }

  @Test
  void aDeletedStreamEndsItsConsumptions() throws Exception {
    Consumption consumption = roomyConsumer().consume(JsMessage::ack);
    nc.flush(PATIENCE);
    js.deleteStream(name);
    assertThat(get(consumption.closed()))
        .isIn(new Closed.ConsumerDeleted(), new Closed.StreamDeleted());
  }

  @Test
  void aConsumptionOfAConsumerThatIsNotThereEnds() throws Exception {
    Consumption consumption = stream.bindConsumer("absent").consume(JsMessage::ack);
    assertThat(get(consumption.closed())).isEqualTo(new Closed.ConsumerDeleted());
  }

  @Test
  void aClosedClientEndsItsConsumptions() throws Exception {
    Consumption consumption = roomyConsumer().consume(JsMessage::ack);
    Messages messages = roomyConsumer().messages();
    nc.close();
    assertThat(get(consumption.closed())).isIn(new Closed.Drained(), new Closed.ConnectionClosed());
    assertThat(get(messages.closed())).isEqualTo(new Closed.ConnectionClosed());
    assertThatThrownBy(messages::take).isInstanceOf(ConsumeEndedException.class);
    assertThatThrownBy(() -> stream.bindConsumer("x").consume(JsMessage::ack))
        .isInstanceOf(ConnectionClosedException.class);
  }
}
