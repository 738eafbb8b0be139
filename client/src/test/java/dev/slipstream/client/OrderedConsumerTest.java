// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages in order, whatever becomes of the consumers behind them. */
@Timeout(120)
class OrderedConsumerTest extends StreamFixture {
  private final LinkedBlockingQueue<JsMessage> got = new LinkedBlockingQueue<>();

  private List<Long> sequences(int count) throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsMessage message = got.poll(20, TimeUnit.SECONDS);
      assertThat(message).as("after %s", sequences).isNotNull();
      sequences.add(message.info().streamSequence());
    }
    return sequences;
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  /** A consumption deletes its consumer when it is over, and does not wait for that. */
  private void awaitNoConsumers() {
    Eventually.holds(PATIENCE, stream::consumerNames, () -> stream.consumerNames().isEmpty());
  }

  @Test
  void messagesComeInTheStreamsOrder() throws Exception {
    publish(1_000, 10);
    OrderedConsumer ordered = stream.orderedConsumer();
    assertThat(ordered.createdInfo().numPending()).isEqualTo(1_000);
    try (Consumption consumption = ordered.consume(got::add)) {
      assertThat(sequences(1_000)).isEqualTo(range(1, 1_000));
      publish(10, 10);
      assertThat(sequences(10)).isEqualTo(range(1_001, 1_010));
      assertThat(consumption.closed()).isNotDone();
    }
    awaitNoConsumers();
  }

  @Test
  void optionsSayWhichMessagesAndFromWhere() throws Exception {
    JsStream wide =
        js.createStream(StreamConfig.builder(name + "W").subjects(name + "W.>").build());
    for (int i = 0; i < 10; i++) {
      js.publish(name + "W." + i % 3, new byte[] {(byte) i});
    }
    OrderedOptions last = OrderedOptions.builder().lastPerSubject().headersOnly(true).build();
    try (Consumption consumption = wide.orderedConsumer(last).consume(got::add)) {
      assertThat(sequences(3)).isEqualTo(range(8, 10));
    }
    OrderedOptions some =
        OrderedOptions.builder()
            .filters(name + "W.0", name + "W.1")
            .fromSequence(3)
            .metadata(Map.of("a", "b"))
            .build();
    OrderedConsumer ordered = wide.orderedConsumer(some);
    assertThat(ordered.createdInfo().config().metadata()).containsEntry("a", "b");
    try (Consumption consumption = ordered.consume(got::add)) {
      assertThat(sequences(5)).isEqualTo(List.of(4L, 5L, 7L, 8L, 10L));
    }
    try (Consumption consumption =
        wide.orderedConsumer(OrderedOptions.builder().onlyNew().build()).consume(got::add)) {
      js.publish(name + "W.x", null);
      assertThat(sequences(1)).isEqualTo(List.of(11L));
    }
  }

  @Test
  void consumerThatIsDeletedIsReplacedWhereItWas() throws Exception {
    publish(100, 10);
    List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
    ConsumeOptions options = ConsumeOptions.builder().onEvent(events::add).build();
    try (Consumption consumption = stream.orderedConsumer().consume(options, got::add)) {
      assertThat(sequences(100)).isEqualTo(range(1, 100));
      for (int round = 0; round < 5; round++) {
        stream.consumerNames().forEach(stream::deleteConsumer);
        publish(10, 10);
        assertThat(sequences(10)).isEqualTo(range(101 + 10 * round, 110 + 10 * round));
      }
      Eventually.holds( // events come beside the messages
          PATIENCE,
          () -> events,
          () ->
              List.copyOf(events).stream().filter(PullEvent.Replaced.class::isInstance).count()
                  == 5);
      assertThat(consumption.closed()).isNotDone();
    }
    awaitNoConsumers();
  }

  @Test
  void messagesAreTakenInTheStreamsOrderThoughTheirConsumerIsDeleted() throws Exception {
    publish(300, 10);
    ConsumeOptions options = ConsumeOptions.builder().maxMessages(20).build();
    try (Messages messages = stream.orderedConsumer().messages(options)) {
      for (long sequence = 1; sequence <= 300; sequence++) {
        assertThat(messages.take().info().streamSequence()).isEqualTo(sequence);
        if (sequence % 100 == 0) {
          stream.consumerNames().forEach(stream::deleteConsumer);
        }
      }
      assertThat(messages.poll()).isNull();
    }
    awaitNoConsumers();
  }

  @Test
  void iterationInOrderEndsWithItsLimitAndWithAStop() throws Exception {
    publish(100, 10);
    ConsumeOptions ten = ConsumeOptions.builder().stopAfter(10).build();
    try (Messages messages = stream.orderedConsumer().messages(ten)) {
      assertThat(messages.stream().map(m -> m.info().streamSequence())).isEqualTo(range(1, 10));
      assertThat(get(messages.closed())).isEqualTo(new Closed.LimitReached());
    }
    Messages untaken = stream.orderedConsumer().messages();
    assertThat(untaken.take().info().streamSequence()).isEqualTo(1);
    untaken.stop(); // while the handler waits for room
    untaken.stop();
    assertThat(get(untaken.closed())).isEqualTo(new Closed.Stopped());
    assertThat(untaken.iterator().hasNext()).isFalse();
    awaitNoConsumers();
  }

  @Test
  void aConsumerIsMadeWhileTheBytesThatMayWaitAreUsedUp() throws Exception {
    publish(1, 10);
    AtomicBoolean congested = new AtomicBoolean();
    ClientOptions options =
        ClientOptions.builder()
            .bufferBytes(64 * 1024)
            .transport(() -> new BlockingTransport(server.port(), congested))
            .build();
    try (NatsClient narrow = NatsClient.connect(options)) {
      OrderedConsumer ordered = narrow.jetStream().stream(name).orderedConsumer();
      Consumption first = ordered.consume(got::add);
      sequences(1);
      congested.set(true);
      Thread filler =
          new Thread(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  narrow.publish("fill", new byte[50]);
                }
              });
      filler.start();
      Eventually.holds(
          PATIENCE, narrow::stats, () -> narrow.stats().queuedBytes() >= 64 * 1024 - 100);
      Consumption second = ordered.consume(got::add); // makes its consumer on the client's loop
      get(CompletableFuture.supplyAsync(first::state));
      congested.set(false);
      assertThat(sequences(1)).isEqualTo(List.of(1L));
      filler.join();
      second.stop();
      first.stop();
    }
  }

  @Test
  void whatAnotherTakesFromTheConsumerComesAllTheSame() throws Exception {
    publish(2, 10);
    OrderedConsumer ordered = stream.orderedConsumer();
    String consumer = ordered.createdInfo().name();
    try (Consumption consumption = ordered.consume(got::add)) {
      assertThat(sequences(2)).isEqualTo(range(1, 2));
      // pulls of two take turns, so that deliveries are missing here
      Consumption thief = stream.bindConsumer(consumer).consume(m -> {});
      publish(50, 10);
      assertThat(sequences(50)).isEqualTo(range(3, 52));
      thief.stop();
      assertThat(consumption.closed()).isNotDone();
    }
  }

  @Test
  void limitIsKeptOverAllConsumers() throws Exception {
    publish(10, 10);
    CountDownLatch first = new CountDownLatch(5);
    ConsumeOptions options = ConsumeOptions.builder().stopAfter(15).maxMessages(5).build();
    Consumption consumption =
        stream
            .orderedConsumer()
            .consume(
                options,
                m -> {
                  got.add(m);
                  first.countDown();
                });
    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
    stream.consumerNames().forEach(stream::deleteConsumer);
    publish(10, 10);
    assertThat(get(consumption.closed())).isEqualTo(new Closed.LimitReached());
    assertThat(sequences(15)).isEqualTo(range(1, 15));
    assertThat(got).isEmpty();
  }

  @Test
  void endsAreTold() throws Exception {
    Consumption stopped = stream.orderedConsumer().consume(got::add);
    stopped.stop();
    assertThat(get(stopped.closed())).isEqualTo(new Closed.Stopped());
    Consumption failed =
        stream
            .orderedConsumer()
            .consume(
                ConsumeOptions.builder().onError(ConsumeOptions.OnError.STOP).build(),
                m -> {
                  throw new IllegalStateException("no");
                });
    publish(1, 10);
    assertThat(get(failed.closed())).isInstanceOf(Closed.HandlerFailed.class);
    Consumption drained = stream.orderedConsumer().consume(got::add);
    assertThat(sequences(1)).isEqualTo(range(1, 1));
    assertThat(get(drained.drain(PATIENCE))).isEqualTo(new Closed.Drained());
    Consumption deleted = stream.orderedConsumer().consume(got::add);
    js.deleteStream(name);
    assertThat(get(deleted.closed())).isEqualTo(new Closed.StreamDeleted());
    assertThatThrownBy(() -> stream.orderedConsumer()).isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void eachConsumptionHasItsOwnPlace() throws Exception {
    publish(3, 10);
    OrderedConsumer ordered = stream.orderedConsumer();
    for (int i = 0; i < 3; i++) {
      try (Consumption consumption = ordered.consume(got::add)) {
        assertThat(sequences(3)).isEqualTo(range(1, 3));
      }
    }
  }

  @Test
  void clientThatIsClosedEndsIt() throws Exception {
    NatsClient other = NatsClient.connect(server.url());
    Consumption consumption = other.jetStream().stream(name).orderedConsumer().consume(got::add);
    other.close();
    assertThat(get(consumption.closed())).isIn(new Closed.ConnectionClosed(), new Closed.Drained());
  }

  @Test
  void orderOutlivesServersThatAreKilled() throws Exception {
    try (ServerProcess killed = TestServer.started();
        NatsClient client =
            NatsClient.connect(
                ClientOptions.builder()
                    .servers(killed.url())
                    .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200))
                    .build())) {
      JetStream restarted = client.jetStream();
      restarted.createStream(StreamConfig.builder("F").subjects("f").build());
      Consumption consumption = restarted.stream("F").orderedConsumer().consume(got::add);
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 25; i++) {
          restarted.publish("f", null);
        }
        assertThat(sequences(25)).isEqualTo(range(25 * round + 1, 25 * round + 25));
        // a consumer in memory does not come back
        if (round % 2 == 0) {
          killed.killAndRestart();
        } else {
          killed.stop();
          killed.start();
        }
      }
      restarted.publish("f", null);
      assertThat(sequences(1)).isEqualTo(range(101, 101));
      consumption.stop();
    }
  }
}
