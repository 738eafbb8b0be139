// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What interceptors see of what is delivered, around handlers and where messages are taken. */
@Timeout(120)
class HandlingInterceptorTest extends InterceptorFixture {
  @Test
  void aHandlerRunsInsideAndItsSettlementsAreSeen() throws Exception {
    publish(4, 10);
    CompletableFuture<JsMessage> later = new CompletableFuture<>();
    Consumption consumption =
        watchedConsumer()
            .consume(
                ConsumeOptions.builder().onError(ConsumeOptions.OnError.TERM).build(),
                m -> {
                  lines.add("handler in " + Recorder.SCOPE.get());
                  switch ((int) m.info().streamSequence()) {
                    case 1 -> m.ack();
                    case 2 -> m.nak(Duration.ofHours(1));
                    case 3 -> later.complete(m);
                    default -> throw new IllegalStateException("on purpose");
                  }
                });
    String begin = "handling " + name;
    expect(
        "a " + begin,
        "b " + begin,
        "handler in ab", //
        "b settled ACKED",
        "a settled ACKED",
        "b handled ACKED",
        "a handled ACKED", //
        "a " + begin,
        "b " + begin,
        "handler in ab", //
        "b settled NAKED",
        "a settled NAKED",
        "b handled NAKED",
        "a handled NAKED", //
        "a " + begin,
        "b " + begin,
        "handler in ab", //
        "b handled PENDING",
        "a handled PENDING", //
        "a " + begin,
        "b " + begin,
        "handler in ab", //
        "b handled PENDING on purpose",
        "a handled PENDING on purpose", //
        "b settled TERMED",
        "a settled TERMED");
    get(later).ackConfirmed(PATIENCE);
    expect("b settled ACKED", "a settled ACKED");
    assertThat(get(later).ack()).isFalse();
    consumption.stop();
    assertThat(lines).isEmpty();
  }

  @Test
  void aConfirmedAckThatIsNotWaitedForIsSeen() throws Exception {
    publish(1, 10);
    JsMessage message = watchedConsumer().next().orElseThrow();
    get(message.ackConfirmedAsync(PATIENCE));
    expect("a taken " + name, "b taken " + name, "b settled ACKED", "a settled ACKED");
  }

  @Test
  void takenMessagesAreSeenWhereTheyAreTaken() throws Exception {
    publish(3, 10);
    PullConsumer consumer = watchedConsumer();
    consumer.fetch(1).iterator().next().ack();
    expect("a taken " + name, "b taken " + name, "b settled ACKED", "a settled ACKED");
    try (Messages messages = consumer.messages()) {
      messages.take().term();
      expect("a taken " + name, "b taken " + name, "b settled TERMED", "a settled TERMED");
    }
    try (Messages messages = watched.jetStream().stream(name).orderedConsumer().messages()) {
      messages.take();
      expect("a taken " + name, "b taken " + name);
    }
    try (SyncSubscription polled = watched.subscribeSync(name + ".polled")) {
      watched.flush(PATIENCE);
      nc.publish(name + ".polled", null);
      assertThat(polled.poll(PATIENCE)).isNotNull();
      expect("a taken ", "b taken ");
    }
  }

  @Test
  void subscribersOfAFlowAreHandlers() throws Exception {
    publish(1, 10);
    watchedConsumer()
        .publisher(ConsumeOptions.builder().stopAfter(1).build())
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
              }

              @Override
              public void onNext(JsMessage message) {
                message.ack();
              }

              @Override
              public void onError(Throwable failure) {
                lines.add("failed " + failure);
              }

              @Override
              public void onComplete() {
                lines.add("complete");
              }
            });
    String begin = "handling " + name;
    expect(
        "a " + begin,
        "b " + begin,
        "b settled ACKED",
        "a settled ACKED", //
        "b handled ACKED",
        "a handled ACKED",
        "complete");
  }

  @Test
  void handlersInParallelAndInOrderAreSeen() throws Exception {
    publish(2, 10);
    CountDownLatch both = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    Consumption parallel =
        watchedConsumer()
            .consume(
                ConsumeOptions.builder().parallelism(2).stopAfter(2).build(),
                m -> {
                  assertThat(Recorder.SCOPE.get()).isEqualTo("ab");
                  both.countDown();
                  release.await();
                  m.ack();
                });
    assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lines).hasSize(4).allMatch(line -> line.contains("handling"));
    release.countDown();
    get(parallel.closed());
    assertThat(lines).hasSize(12);
    lines.clear();
    Consumption ordered =
        watched.jetStream().stream(name)
            .orderedConsumer()
            .consume(ConsumeOptions.builder().stopAfter(1).build(), m -> lines.add("handler"));
    get(ordered.closed());
    expect(
        "a handling " + name,
        "b handling " + name,
        "handler", //
        "b handled PENDING",
        "a handled PENDING");
  }

  @Test
  void subscriptionsAreSeenWithTheirFailures() throws Exception {
    try (Subscription subscription =
        watched.subscribe(
            name + ".core",
            m -> {
              lines.add("handler in " + Recorder.SCOPE.get());
              throw new IllegalStateException("on purpose");
            })) {
      watched.flush(PATIENCE);
      nc.publish(name + ".core", null);
      expect(
          "a handling ",
          "b handling ",
          "handler in ab", //
          "b handled on purpose",
          "a handled on purpose");
      assertThat(subscription.isActive()).isTrue();
    }
  }
}
