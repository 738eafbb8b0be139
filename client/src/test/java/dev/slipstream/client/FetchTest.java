// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fetching: what comes, when it returns and how it ends. */
@Timeout(60)
class FetchTest extends StreamFixture {
  private static Duration timed(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void aFetchThatIsFilledReturnsAtOnce() {
    publish(3, 10);
    FetchResult result = consumer().fetch(2);
    Duration took = timed(() -> assertThat(result.toList()).hasSize(2));
    assertThat(took).isLessThan(Duration.ofSeconds(2));
    assertThat(result.end()).isInstanceOf(End.Filled.class);
  }

  @Test
  void aFetchWaitsFiveSecondsUnlessSaidOtherwise() {
    publish(1, 10);
    FetchResult result = consumer().fetch(2);
    Duration took = timed(() -> assertThat(result.toList()).hasSize(1));
    assertThat(took).isBetween(Duration.ofMillis(4900), Duration.ofMillis(6500));
    assertThat(result.end()).isInstanceOf(End.Expired.class);
  }

  @Test
  void aFetchThatDoesNotWaitTakesWhatIsThere() {
    PullConsumer consumer = consumer();
    FetchResult empty = consumer.fetch(Fetch.noWait(5));
    assertThat(timed(() -> assertThat(empty.toList()).isEmpty())).isLessThan(Duration.ofSeconds(2));
    assertThat(empty.end()).isInstanceOf(End.Dry.class);
    publish(3, 10);
    FetchResult three = consumer.fetch(Fetch.noWait(5));
    assertThat(timed(() -> assertThat(three.toList()).hasSize(3)))
        .isLessThan(Duration.ofSeconds(2));
    assertThat(three.end()).isInstanceOf(End.Dry.class);
  }

  @Test
  void aFetchThatDoesNotWaitSeesWhatThisClientHasStored() {
    PullConsumer consumer = consumer();
    for (int i = 1; i <= 1000; i++) {
      js.publish(name, null);
      List<JsMessage> one = consumer.fetch(Fetch.noWait(10)).toList();
      assertThat(one).as("message %d", i).hasSize(1).allMatch(JsMessage::ack);
    }
  }

  @Test
  void aFetchForTheFirstReturnsOnceSomethingCame() throws Exception {
    PullConsumer consumer = consumer();
    FetchResult result = consumer.fetch(Fetch.first(10).within(PATIENCE));
    nc.flush(PATIENCE);
    publish(1, 10);
    assertThat(timed(() -> assertThat(result.toList()).isNotEmpty()))
        .isLessThan(Duration.ofSeconds(5));
    assertThat(result.end()).isInstanceOf(End.Dry.class);
    FetchResult none = consumer.fetch(Fetch.first(10).within(Duration.ofMillis(300)));
    assertThat(none.toList()).isEmpty();
    assertThat(none.end()).isInstanceOf(End.Expired.class);
  }

  @Test
  void bytesBoundAFetch() {
    publish(10, 1000);
    PullConsumer consumer = consumer();
    FetchResult some = consumer.fetch(Fetch.ofBytes(5000).within(Duration.ofSeconds(2)));
    List<JsMessage> messages = some.toList();
    assertThat(messages).hasSize(4);
    assertThat(messages.stream().mapToInt(JsMessage::size).sum()).isLessThanOrEqualTo(5000);
    assertThat(some.end()).isInstanceOf(End.BytesReached.class);
    FetchResult none = consumer.fetch(Fetch.ofBytes(500));
    assertThat(none.toList()).isEmpty();
    assertThat(none.end()).isInstanceOf(End.TooBig.class);
    int exact = messages.get(0).size() * 2;
    FetchResult two = consumer.fetch(Fetch.ofBytes(exact).within(Duration.ofSeconds(20)));
    assertThat(timed(() -> assertThat(two.toList()).hasSize(2))).isLessThan(Duration.ofSeconds(10));
    assertThat(two.end()).isInstanceOf(End.BytesReached.class);
    FetchResult counted = consumer.fetch(Fetch.of(1).maxBytes(5000));
    assertThat(counted.toList()).hasSize(1);
    assertThat(counted.end()).isInstanceOf(End.Filled.class);
  }

  @Test
  void aFetchFromAConsumerThatIsNotThereFails() {
    FetchResult result = stream.bindConsumer("absent").fetch(Fetch.of(1).within(PATIENCE));
    Duration took =
        timed(
            () -> assertThatThrownBy(result::toList).isInstanceOf(ConsumerDeletedException.class));
    assertThat(took).isLessThan(Duration.ofSeconds(5));
    assertThat(result.end()).isInstanceOf(End.Failed.class);
    assertThatThrownBy(() -> stream.bindConsumer("absent").next())
        .isInstanceOf(ConsumerDeletedException.class);
  }

  @Test
  void aFetchEndsWhenItsConsumerIsDeleted() {
    PullConsumer consumer = consumer();
    publish(1, 10);
    FetchResult result = consumer.fetch(Fetch.of(2).within(Duration.ofSeconds(30)));
    Iterator<JsMessage> messages = result.iterator();
    assertThat(messages.hasNext()).isTrue();
    messages.next();
    consumer.delete();
    assertThatThrownBy(messages::hasNext).isInstanceOf(JetStreamException.class);
    assertThat(result.end()).isInstanceOf(End.Failed.class);
  }

  @Test
  void aRefusedFetchTellsTheServersWords() {
    PullConsumer consumer = stream.createConsumer(Consumers.ephemeral().maxBatch(5).build());
    assertThatThrownBy(() -> consumer.fetch(6).toList())
        .isInstanceOfSatisfying(
            PullRefusedException.class,
            e -> {
              assertThat(e.code()).isEqualTo(409);
              assertThat(e.description()).isEqualTo("Exceeded MaxRequestBatch of 5");
            });
  }

  @Test
  void nextIsOneMessageOrNone() {
    PullConsumer consumer = consumer();
    assertThat(consumer.next(Duration.ofMillis(200))).isEmpty();
    publish(2, 10);
    assertThat(consumer.next().orElseThrow().info().streamSequence()).isEqualTo(1);
    assertThat(consumer.next().orElseThrow().info().streamSequence()).isEqualTo(2);
    assertThat(consumer.next(Duration.ofMillis(200))).isEmpty();
  }

  @Test
  void fetchesUseOneSubscriptionAgainAndAgain() {
    publish(50, 10);
    PullConsumer consumer = consumer();
    consumer.fetch(1).toList();
    long before = nc.stats().bytesOut();
    for (int i = 0; i < 10; i++) {
      assertThat(consumer.fetch(1).toList()).hasSize(1);
    }
    assertThat(nc.stats().bytesOut() - before).isLessThan(10 * 250L);
    assertThat(consumer.fetch(Fetch.noWait(100)).toList()).hasSize(39);
  }

  @Test
  void fetchesInParallelGetEachMessageOnce() throws Exception {
    int messages = 2000;
    publish(messages, 10);
    PullConsumer consumer =
        stream.createConsumer(Consumers.ephemeral().maxAckPending(messages).build());
    List<CompletableFuture<List<Long>>> takers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      takers.add(
          CompletableFuture.supplyAsync(
              () -> {
                List<Long> seen = new ArrayList<>();
                for (int n = 0; n < messages / 4; n += 100) {
                  for (JsMessage message : consumer.fetch(Fetch.of(100).within(PATIENCE))) {
                    seen.add(message.info().streamSequence());
                    message.ack();
                  }
                }
                return seen;
              }));
    }
    List<Long> all = new ArrayList<>();
    for (CompletableFuture<List<Long>> taker : takers) {
      all.addAll(taker.get(30, TimeUnit.SECONDS));
    }
    assertThat(all).hasSize(messages).doesNotHaveDuplicates();
  }

  @Test
  void aClosedFetchHandsItsMessagesBack() {
    publish(5, 10);
    PullConsumer consumer = consumer();
    try (FetchResult result = consumer.fetch(Fetch.of(10).within(Duration.ofSeconds(30)))) {
      assertThat(result.iterator().next().ack()).isTrue();
      // all are on their way before it closes
      Eventually.holds(
          PATIENCE, consumer::info, () -> consumer.info().delivered().streamSeq() >= 5);
    }
    nc.flush(PATIENCE);
    FetchResult rest = consumer.fetch(Fetch.of(4).within(PATIENCE));
    assertThat(rest.toList()).hasSize(4);
  }

  @Test
  void aMessageKnowsWhereItComesFrom() {
    publish(3, 10);
    List<JsMessage> messages = consumer().fetch(3).toList();
    MessageInfo second = messages.get(1).info();
    assertThat(second.stream()).isEqualTo(name);
    assertThat(second.streamSequence()).isEqualTo(2);
    assertThat(second.consumerSequence()).isEqualTo(2);
    assertThat(second.delivered()).isEqualTo(1);
    assertThat(second.pending()).isEqualTo(1);
    assertThat(messages.get(1).subject()).isEqualTo(name);
  }

  @Test
  void payloadAndHeadersTravelThroughTheStream() {
    js.publish(
        Outgoing.to(name).text("body").header("A", "1").header("A", "2"), PublishOptions.none());
    JsMessage message = consumer().next().orElseThrow();
    assertThat(message.text()).isEqualTo("body");
    assertThat(message.headers().all("A")).containsExactly("1", "2");
    assertThat(message.payload()).isEqualTo("body".getBytes(UTF_8));
  }
}
