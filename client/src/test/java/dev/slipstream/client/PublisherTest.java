// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages for subscribers of {@link Flow}: demand becomes pulls, and nothing else does. */
@Timeout(120)
class PublisherTest extends StreamFixture {

  /** Keeps what is signalled. */
  private static class Taker implements Flow.Subscriber<JsMessage> {
    final LinkedBlockingQueue<JsMessage> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscribed.complete(subscription);
    }

    @Override
    public void onNext(JsMessage message) {
      message.ack();
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }

    void request(long count) {
      subscribed.join().request(count);
    }

    long next() throws InterruptedException {
      @Nullable JsMessage message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return message.info().streamSequence();
    }
  }

  @Test
  void whatIsRequestedComesAndTheServerIsAskedForNoMore() throws Exception {
    publish(20, 10);
    PullConsumer consumer = roomyConsumer();
    Taker taker = new Taker();
    consumer.publisher().subscribe(taker);
    nc.flush(PATIENCE);
    assertThat(consumer.info().numWaiting()).isZero();
    taker.request(3);
    taker.request(4);
    for (long sequence = 1; sequence <= 7; sequence++) {
      assertThat(taker.next()).isEqualTo(sequence);
    }
    nc.flush(PATIENCE);
    assertThat(consumer.info().delivered().streamSeq()).isEqualTo(7);
    assertThat(consumer.info().numWaiting()).isZero();
    taker.request(Long.MAX_VALUE);
    for (long sequence = 8; sequence <= 20; sequence++) {
      assertThat(taker.next()).isEqualTo(sequence);
    }
    publish(1, 10);
    assertThat(taker.next()).isEqualTo(21);
    taker.subscribed.join().cancel();
  }

  @Test
  void aCancelledSubscriptionLeavesNoPullAndNoMessage() throws Exception {
    PullConsumer consumer = roomyConsumer();
    Taker taker = new Taker();
    consumer.publisher().subscribe(taker);
    taker.request(100);
    publish(5, 10);
    for (int i = 0; i < 5; i++) {
      taker.next();
    }
    taker.subscribed.join().cancel();
    nc.flush(PATIENCE);
    publish(5, 10);
    assertThat(consumer.fetch(Fetch.of(5)).toList()).hasSize(5).allMatch(JsMessage::ack);
    assertThat(taker.messages).isEmpty();
    assertThat(taker.ended).isNotDone();
  }

  @Test
  void aRequestOfNothingIsAnError() {
    Taker taker = new Taker();
    roomyConsumer().publisher().subscribe(taker);
    taker.request(0);
    assertThatThrownBy(() -> get(taker.ended))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLastOfSoManyCompletesIt() throws Exception {
    publish(10, 10);
    Taker taker = new Taker();
    roomyConsumer().publisher(ConsumeOptions.builder().stopAfter(4).build()).subscribe(taker);
    taker.request(100);
    get(taker.ended);
    assertThat(taker.messages).hasSize(4);
  }

  @Test
  void aDeletedConsumerIsAnError() {
    PullConsumer consumer = roomyConsumer();
    Taker taker = new Taker();
    consumer.publisher().subscribe(taker);
    taker.request(1);
    nc.flush(PATIENCE);
    consumer.delete();
    assertThatThrownBy(() -> get(taker.ended))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ConsumeEndedException.class);
  }

  @Test
  void aSubscriberThatThrowsIsToldAndGetsNoMore() throws Exception {
    publish(3, 10);
    PullConsumer consumer = consumer(Duration.ofSeconds(1));
    Taker taker =
        new Taker() {
          @Override
          public void onNext(JsMessage message) {
            throw new IllegalStateException("broken");
          }
        };
    consumer.publisher().subscribe(taker);
    taker.request(3);
    assertThatThrownBy(() -> get(taker.ended)).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(consumer.fetch(Fetch.of(3)).toList()).hasSize(3).allMatch(JsMessage::ack);
  }

  @Test
  void itFeedsAProcessorOfTheJdk() throws Exception {
    publish(300, 10);
    CompletableFuture<Void> all;
    try (SubmissionPublisher<JsMessage> between = new SubmissionPublisher<>()) {
      all = between.consume(JsMessage::ack);
      Taker taker =
          new Taker() {
            @Override
            public void onNext(JsMessage message) {
              between.submit(message);
            }
          };
      roomyConsumer().publisher(ConsumeOptions.builder().stopAfter(300).build()).subscribe(taker);
      taker.request(Long.MAX_VALUE);
      get(taker.ended);
    }
    get(all);
  }
}
