// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consuming without end: handlers, iterators, windows, ends; against a running server. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class ConsumeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final AtomicInteger names = new AtomicInteger();

  private static TestServer server;

  private NatsClient nc;
  private JetStream js;
  private JsStream stream;
  private String name;

  @BeforeAll
  static void start() {
    server = TestServer.started();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void connect() {
    nc = NatsClient.connect(server.url());
    js = nc.jetStream();
    name = "C" + names.incrementAndGet();
    stream =
        js.createStream(
            StreamConfig.builder(name).subjects(name).storage(StorageType.MEMORY).build());
  }

  @AfterEach
  void close() {
    nc.close();
  }

  private void publish(int count, int size) {
    for (int i = 0; i < count; i++) {
      js.publishAsync(name, new byte[size]);
    }
    js.awaitPublished(PATIENCE);
  }

  private PullConsumer consumer() {
    return stream.createConsumer(Consumers.ephemeral().maxAckPending(100_000).build());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  @Test
  void allMessagesComeInOrderAndAreAcked() throws Exception {
    int messages = 5000;
    PullConsumer consumer = consumer();
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
  void afterAStopTheNextFetchesGetTwoAndThenOne() throws Exception {
    for (int round = 0; round < 300; round++) {
      PullConsumer consumer = consumer();
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
      PullConsumer consumer = consumer();
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
    PullConsumer consumer = consumer();
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

  /** Looks again and again, each look being a turn of the client's loop. */
  private void awaitBuffered(Consumption consumption, int messages) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumption.state().bufferedMessages() < messages) {
      assertThat(System.nanoTime()).as("%s", consumption.state()).isLessThan(deadline);
      nc.flush(PATIENCE);
    }
  }

  @Test
  void aHandlerMayStopItsConsumption() throws Exception {
    publish(10, 10);
    AtomicInteger handled = new AtomicInteger();
    CompletableFuture<Consumption> self = new CompletableFuture<>();
    Consumption consumption =
        consumer()
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
    Consumption consumption = consumer().consume(JsMessage::ack);
    nc.flush(PATIENCE);
    long began = System.nanoTime();
    assertThat(get(consumption.drain(PATIENCE))).isEqualTo(new Closed.Drained());
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(200));
  }

  @Test
  void aDrainHandlesWhatHasCome() throws Exception {
    publish(50, 10);
    PullConsumer consumer = consumer();
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
    PullConsumer consumer = consumer();
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
    PullConsumer consumer = consumer();
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
  void aWindowOfOneIsAPullForEachMessage() throws Exception {
    publish(20, 10);
    Events<PullEvent> events = new Events<>();
    CountDownLatch all = new CountDownLatch(20);
    PullConsumer consumer = consumer();
    Consumption consumption =
        consumer.consume(
            ConsumeOptions.builder().maxMessages(1).onEvent(events).build(),
            m -> {
              assertThat(consumer.info().numAckPending()).isEqualTo(1);
              m.ackConfirmed(PATIENCE);
              all.countDown();
            });
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 20; i++) {
      assertThat(events.await(PullEvent.Pulled.class).messages()).isEqualTo(1);
    }
    consumption.stop();
  }

  @Test
  void aSlowHandlerHoldsNoMoreThanItsWindow() throws Exception {
    publish(2000, 1000);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(2000);
    ConsumeOptions options = ConsumeOptions.builder().maxMessages(300).maxBytes(100_000).build();
    Consumption consumption =
        consumer()
            .consume(
                options,
                m -> {
                  go.await();
                  m.ack();
                  all.countDown();
                });
    awaitBuffered(consumption, 40);
    for (int i = 0; i < 50; i++) {
      nc.flush(PATIENCE);
      ConsumptionState state = consumption.state();
      assertThat(state.bufferedBytes() + state.askedBytes()).isLessThanOrEqualTo(100_000);
      assertThat(state.bufferedMessages() + state.askedMessages()).isLessThanOrEqualTo(300);
    }
    go.countDown();
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
  }

  @Test
  void aBacklogBehindASlowHandlerDoesNotFillTheHeap() throws Exception {
    int window = 2 << 20;
    publish(5000, 20_000); // 100 MB
    CountDownLatch go = new CountDownLatch(1);
    long before = usedHeap();
    Consumption consumption =
        consumer()
            .consume(
                ConsumeOptions.builder().maxBytes(window).build(),
                m -> {
                  go.await();
                  m.ack();
                });
    awaitBuffered(consumption, 40);
    nc.flush(PATIENCE);
    assertThat(usedHeap() - before).isLessThan(window + (16L << 20));
    go.countDown();
    consumption.stop();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
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
        consumer()
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
    Consumption consumption = consumer().consume(options, came::complete);
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
        consumer()
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
    PullConsumer termed = consumer();
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
        consumer()
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
    PullConsumer consumer = consumer();
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

  @Test
  void theLimitsOfAConsumerShrinkTheWindow() throws Exception {
    PullConsumer limited =
        stream.createConsumer(
            Consumers.ephemeral()
                .maxBatch(10)
                .maxExpiresNanos(Duration.ofSeconds(2).toNanos())
                .maxBytes(10_000)
                .build());
    CountDownLatch all = new CountDownLatch(500);
    Consumption consumption =
        limited.consume(
            m -> {
              m.ack();
              all.countDown();
            });
    publish(500, 100);
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    ConsumptionState state = consumption.state();
    assertThat(state.askedMessages() + state.bufferedMessages()).isLessThanOrEqualTo(10);
    consumption.stop();
  }

  @Test
  void aMessageLargerThanItsShareOfTheWindowStillComes() throws Exception {
    CountDownLatch all = new CountDownLatch(20);
    ConsumeOptions options = ConsumeOptions.builder().maxBytes(100_000).build();
    Consumption consumption =
        consumer()
            .consume(
                options,
                m -> {
                  m.ack();
                  all.countDown();
                });
    for (int i = 0; i < 10; i++) {
      publish(1, 100);
      publish(1, 90_000);
    }
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    consumption.stop();
  }

  @Test
  void aConsumerDeletedWhileItIsIdleEndsItsConsumption() throws Exception {
    PullConsumer consumer = consumer();
    Consumption consumption = consumer.consume(JsMessage::ack);
    nc.flush(PATIENCE);
    consumer.delete();
    assertThat(get(consumption.closed())).isEqualTo(new Closed.ConsumerDeleted());
  }

  @Test
  void aConsumerDeletedWhileItDeliversEndsItsConsumption() throws Exception {
    PullConsumer consumer = consumer();
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
    PullConsumer consumer = consumer();
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
    Consumption consumption = consumer().consume(JsMessage::ack);
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
    Consumption consumption = consumer().consume(JsMessage::ack);
    Messages messages = consumer().messages();
    nc.close();
    assertThat(get(consumption.closed())).isIn(new Closed.Drained(), new Closed.ConnectionClosed());
    assertThat(get(messages.closed())).isEqualTo(new Closed.ConnectionClosed());
    assertThatThrownBy(messages::take).isInstanceOf(ConsumeEndedException.class);
    assertThatThrownBy(() -> stream.bindConsumer("x").consume(JsMessage::ack))
        .isInstanceOf(ConnectionClosedException.class);
  }

  @Test
  void messagesAreTakenOneByOne() throws Exception {
    publish(3, 10);
    try (Messages messages = consumer().messages()) {
      assertThat(messages.take().info().streamSequence()).isEqualTo(1);
      JsMessage second = messages.poll(PATIENCE);
      assertThat(second).isNotNull();
      Iterator<JsMessage> rest = messages.iterator();
      assertThat(rest.next().info().streamSequence()).isEqualTo(3);
      assertThat(messages.poll()).isNull();
      assertThat(messages.poll(Duration.ofMillis(50))).isNull();
    }
  }

  @Test
  void aStopEndsAnIterationThatWaits() throws Exception {
    Messages messages = consumer().messages();
    CompletableFuture<Integer> counted =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              for (JsMessage message : messages) {
                message.ack();
                count++;
              }
              return count;
            });
    publish(5, 10);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (messages.state().bufferedMessages() > 0 || messages.state().delivered() < 5) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      nc.flush(PATIENCE);
    }
    messages.stop();
    assertThat(get(counted)).isEqualTo(5);
    assertThat(get(messages.closed())).isEqualTo(new Closed.Stopped());
  }

  @Test
  void anEndThatWasNotAskedForIsThrownByTheIteration() throws Exception {
    publish(2, 10);
    PullConsumer consumer = consumer();
    try (Messages messages = consumer.messages()) {
      Iterator<JsMessage> each = messages.iterator();
      each.next().ack();
      each.next().ack();
      consumer.delete();
      assertThatThrownBy(each::hasNext)
          .isInstanceOfSatisfying(
              ConsumeEndedException.class,
              e -> assertThat(e.reason()).isEqualTo(new Closed.ConsumerDeleted()));
    }
  }

  @Test
  void anIterationPullsAheadInFewRequests() throws Exception {
    int messages = 2000;
    publish(messages, 10);
    try (NatsClient witness = NatsClient.connect(server.url());
        Messages all =
            stream
                .createConsumer(Consumers.named("ahead", Duration.ofMinutes(1)).build())
                .messages()) {
      SyncSubscription pulls =
          witness.subscribeSync("$JS.API.CONSUMER.MSG.NEXT." + name + ".ahead");
      witness.flush(PATIENCE);
      List<Long> seen = new ArrayList<>();
      all.stream()
          .limit(messages)
          .forEach(
              m -> {
                seen.add(m.info().streamSequence());
                m.ack();
              });
      assertThat(seen).hasSize(messages).isSorted();
      witness.flush(PATIENCE);
      assertThat(pulls.pendingMessages()).isLessThan(40);
    }
  }

  @Test
  void consumersWithManyWaitingPullsAreNotHammered() throws Exception {
    PullConsumer crowded =
        stream.createConsumer(
            Consumers.named("crowded", Duration.ofMinutes(1)).maxWaiting(1).build());
    ConsumeOptions options =
        ConsumeOptions.builder()
            .expires(Duration.ofSeconds(1))
            .heartbeat(Duration.ofMillis(500))
            .build();
    try (NatsClient witness = NatsClient.connect(server.url())) {
      SyncSubscription pulls =
          witness.subscribeSync("$JS.API.CONSUMER.MSG.NEXT." + name + ".crowded");
      witness.flush(PATIENCE);
      crowded.consume(options, JsMessage::ack);
      crowded.consume(options, JsMessage::ack);
      crowded.consume(options, JsMessage::ack);
      SyncSubscription silence = nc.subscribeSync("silence." + name);
      assertThat(silence.poll(Duration.ofSeconds(3))).isNull();
      assertThat(pulls.pendingMessages()).isBetween(6L, 30L);
    }
  }
}
