// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that consume without end: what they get, and what becomes of their failures. */
@Timeout(120)
class ConsumeTest extends StreamFixture {
  @Test
  void allMessagesComeInOrderAndAreAcked() throws Exception {
    int messages = 5000;
    PullConsumer consumer = roomyConsumer();
    List<Long> seen = new CopyOnWriteArrayList<>();
    CountDownLatch half = new CountDownLatch(messages / 2);
    CountDownLatch all = new CountDownLatch(messages);
    publish(messages / 2, 20);
    Consumption consumption =
        consumer.consume(
            m -> {
              seen.add(m.info().streamSequence());
              m.ack();
              half.countDown();
              all.countDown();
            });
    assertThat(half.await(20, TimeUnit.SECONDS)).isTrue();
    publish(messages / 2, 20);
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).hasSize(messages).isSorted().doesNotHaveDuplicates();
    consumption.stop();
    nc.flush(PATIENCE);
    assertThat(consumer.info().ackFloor().streamSeq()).isEqualTo(messages);
    assertThat(consumer.info().numWaiting()).isZero();
  }

  @Test
  void aSlowHandlerIsNotMistakenForADeadPull() throws Exception {
    publish(3, 10);
    Events<PullEvent> events = new Events<>();
    CountDownLatch all = new CountDownLatch(3);
    ConsumeOptions options =
        ConsumeOptions.builder()
            .maxMessages(1)
            .expires(Duration.ofSeconds(1))
            .heartbeat(Duration.ofMillis(500))
            .onEvent(events)
            .build();
    SyncSubscription silence = nc.subscribeSync("silence." + name);
    Consumption consumption =
        roomyConsumer()
            .consume(
                options,
                m -> {
                  silence.poll(Duration.ofMillis(1600)); // more than three heartbeats
                  m.ack();
                  all.countDown();
                });
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    ConsumptionState state = consumption.state();
    assertThat(state.missedHeartbeats()).isZero();
    assertThat(state.delivered()).isEqualTo(3);
    consumption.stop();
    assertThat(events.saw(PullEvent.MissedHeartbeats.class)).isFalse();
  }

  @Test
  void anIdleConsumptionLivesOnHeartbeatsAndRepeatedPulls() throws Exception {
    ConsumeOptions options =
        ConsumeOptions.builder()
            .expires(Duration.ofSeconds(1))
            .heartbeat(Duration.ofMillis(500))
            .build();
    CompletableFuture<JsMessage> came = new CompletableFuture<>();
    Consumption consumption = roomyConsumer().consume(options, came::complete);
    SyncSubscription silence = nc.subscribeSync("silence." + name);
    assertThat(silence.poll(Duration.ofMillis(3500))).isNull();
    assertThat(consumption.state().missedHeartbeats()).isZero();
    assertThat(consumption.state().phase()).isEqualTo("PULLING");
    publish(1, 10);
    assertThat(get(came).ack()).isTrue();
    consumption.stop();
  }

  @Test
  void aHandlerThatThrowsSeesItsMessageAgainAndTheOthersToo() throws Exception {
    publish(5, 10);
    Events<ClientEvent> clientEvents = new Events<>();
    nc.onEvent(clientEvents);
    Events<PullEvent> events = new Events<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(6);
    Consumption consumption =
        roomyConsumer()
            .consume(
                ConsumeOptions.builder().onEvent(events).build(),
                m -> {
                  MessageInfo info = m.info();
                  seen.add(info.streamSequence() + "/" + info.delivered());
                  all.countDown();
                  if (info.streamSequence() == 2 && info.delivered() == 1) {
                    throw new IllegalStateException("on purpose");
                  }
                  m.ack();
                });
    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).containsExactlyInAnyOrder("1/1", "2/1", "3/1", "4/1", "5/1", "2/2");
    assertThat(events.await(PullEvent.HandlerFailed.class).failure()).hasMessage("on purpose");
    assertThat(clientEvents.await(ClientEvent.HandlerFailed.class).failure())
        .hasMessage("on purpose");
    consumption.stop();
  }

  @Test
  void whatAFailureMeansIsAnOption() throws Exception {
    publish(1, 10);
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch called = new CountDownLatch(1);
    PullConsumer termed = roomyConsumer();
    Consumption consumption =
        termed.consume(
            ConsumeOptions.builder().onError(ConsumeOptions.OnError.TERM).build(),
            m -> {
              calls.incrementAndGet();
              called.countDown();
              throw new IllegalStateException("poison");
            });
    assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(get(consumption.drain(PATIENCE))).isEqualTo(new Closed.Drained());
    nc.flush(PATIENCE);
    assertThat(termed.info().numAckPending()).isZero();
    Consumption stopping =
        roomyConsumer()
            .consume(
                ConsumeOptions.builder().onError(ConsumeOptions.OnError.STOP).build(),
                m -> {
                  throw new IllegalStateException("the last");
                });
    assertThat(get(stopping.closed()))
        .isInstanceOfSatisfying(
            Closed.HandlerFailed.class, f -> assertThat(f.failure()).hasMessage("the last"));
  }

  @Test
  void consumptionsOfOneConsumerShareItsMessages() throws Exception {
    int messages = 3000;
    PullConsumer consumer = roomyConsumer();
    List<Long> seen = new CopyOnWriteArrayList<>();
    AtomicInteger first = new AtomicInteger();
    AtomicInteger second = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(messages);
    ConsumeOptions small = ConsumeOptions.builder().maxMessages(20).build();
    for (AtomicInteger own : List.of(first, second)) {
      consumer.consume(
          small,
          m -> {
            own.incrementAndGet();
            seen.add(m.info().streamSequence());
            m.ack();
            all.countDown();
          });
    }
    publish(messages, 10);
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).hasSize(messages).doesNotHaveDuplicates();
    assertThat(first.get()).isPositive();
    assertThat(second.get()).isPositive();
  }
}
