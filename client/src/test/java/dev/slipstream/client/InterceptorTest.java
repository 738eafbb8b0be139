// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Headers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What interceptors see of what is sent and what they can do, and that their failures harm nobody.
 */
@Timeout(120)
class InterceptorTest extends InterceptorFixture {
  @Test
  void headersGoWithWhatIsPublished() throws Exception {
    try (SyncSubscription heard = nc.subscribeSync(name + ".core")) {
      nc.flush(PATIENCE);
      watched.publish(name + ".core", new byte[2]);
      expectBothAtTheEnd("MESSAGE " + name + ".core", "sent");
      watched.publish(
          name + ".core", Headers.of("Own", "1", "Trace", "old", "Trace", "older"), null);
      expectBothAtTheEnd("MESSAGE " + name + ".core", "sent");
      watched.respond(request(name + ".core"), new byte[1]);
      expectBothAtTheEnd("MESSAGE " + name + ".core", "sent");
      Message first = heard.poll(PATIENCE);
      assertThat(first).isNotNull();
      assertThat(first.headers()).isEqualTo(Headers.of("Seen", "a", "Trace", "b"));
      assertThat(first.payload()).hasSize(2);
      Message second = heard.poll(PATIENCE);
      assertThat(second).isNotNull();
      assertThat(second.headers()).isEqualTo(Headers.of("Own", "1", "Seen", "a", "Trace", "b"));
      Message third = heard.poll(PATIENCE);
      assertThat(third).isNotNull();
      assertThat(third.header("Trace")).isEqualTo("b");
    }
  }

  /** A request that is answered to {@code reply}. */
  private Message request(String reply) throws InterruptedException {
    try (SyncSubscription heard = nc.subscribeSync(name + ".request")) {
      nc.publish(Outgoing.to(name + ".request").replyTo(reply));
      Message request = heard.poll(PATIENCE);
      assertThat(request).isNotNull();
      return request;
    }
  }

  @Test
  void whatCannotBeSentHasFailed() throws Exception {
    byte[] tooLarge = new byte[2 << 20];
    assertThatThrownBy(() -> watched.publish(name, tooLarge))
        .isInstanceOf(PayloadTooLargeException.class);
    expectBothAtTheEnd("MESSAGE " + name, "failed PayloadTooLargeException");
    assertThatThrownBy(() -> watched.jetStream().publishAsync(name, tooLarge))
        .isInstanceOf(PayloadTooLargeException.class);
    expectBothAtTheEnd("STREAM " + name, "failed PayloadTooLargeException");
    assertThat(watched.jetStream().publishesInFlight()).isZero();
  }

  @Test
  void aStreamsWordIsSeen() throws Exception {
    JetStream out = watched.jetStream();
    out.publish(name, null);
    expectBothAtTheEnd("STREAM " + name, "stored 1");
    get(out.publishAsync(name, null));
    expectBothAtTheEnd("STREAM " + name, "stored 2");
    PublishOptions wrong = PublishOptions.none().expectedLastSequence(77);
    assertThatThrownBy(() -> out.publish(name, null, wrong))
        .isInstanceOf(WrongLastSequenceException.class);
    expectBothAtTheEnd("STREAM " + name, "failed WrongLastSequenceException");
    assertThat(out.publishAsync(Outgoing.to(name), wrong)).failsWithin(PATIENCE);
    expectBothAtTheEnd("STREAM " + name, "failed WrongLastSequenceException");
    assertThat(stream.lastMessage(name).orElseThrow().headers())
        .isEqualTo(Headers.of("Seen", "a", "Trace", "b"));
  }

  @Test
  void eachMessageOfABatchIsSeen() throws Exception {
    String batched = name + "B";
    nc.jetStream()
        .createStream(StreamConfig.builder(batched).subjects(batched).allowAtomic(true).build());
    AtomicBatch batch = watched.jetStream().batch();
    batch.add(batched, null);
    expectBothAtTheEnd("STREAM " + batched, "sent");
    batch.add(batched, null);
    expectBothAtTheEnd("STREAM " + batched, "sent");
    batch.commit(batched, null);
    expectBothAtTheEnd("STREAM " + batched, "stored 3");
    AtomicBatch nowhere = watched.jetStream().batch();
    assertThatThrownBy(() -> nowhere.add("nobody." + name, null))
        .isInstanceOf(NoRespondersException.class);
    expectBothAtTheEnd("STREAM nobody." + name, "failed NoRespondersException");
  }

  @Test
  void repliesAreSeenByWhoAsks() throws Exception {
    String subject = name + ".echo";
    try (Subscription echo = nc.subscribe(subject, m -> nc.respond(m, m.payload()))) {
      nc.flush(PATIENCE);
      watched.request(subject, new byte[3]);
      expectBothAtTheEnd("REQUEST " + subject, "replied 3");
      get(watched.requestAsync(subject, new byte[4]));
      expectBothAtTheEnd("REQUEST " + subject, "replied 4");
      watched.requestMany(subject, null, RequestMany.within(PATIENCE).most(1)).toList();
      expectBothAtTheEnd("REQUEST " + subject, "sent");
      assertThat(echo.isActive()).isTrue();
    }
    String nobody = "nobody." + name;
    assertThatThrownBy(() -> watched.request(nobody, null))
        .isInstanceOf(NoRespondersException.class);
    expectBothAtTheEnd("REQUEST " + nobody, "failed NoRespondersException");
    assertThat(watched.requestAsync(nobody, null)).failsWithin(PATIENCE);
    expectBothAtTheEnd("REQUEST " + nobody, "failed NoRespondersException");
    assertThatThrownBy(
            () -> watched.requestMany(nobody, null, RequestMany.within(PATIENCE)).toList())
        .isInstanceOf(NoRespondersException.class);
    expectBothAtTheEnd("REQUEST " + nobody, "failed NoRespondersException");
  }

  @Test
  void theFutureIsCompletedBehindTheInterceptors() throws Exception {
    CompletableFuture<Integer> seen =
        watched.jetStream().publishAsync(name, null).thenApply(ack -> lines.size());
    assertThat(get(seen)).isEqualTo(4);
    expectBothAtTheEnd("STREAM " + name, "stored 1");
  }

  @Test
  void interceptorsThatFailHarmNobodyAndAreToldOfOnce() throws Exception {
    AtomicInteger told = new AtomicInteger();
    ClientOptions options =
        ClientOptions.builder()
            .servers(server.url())
            .interceptor(new Failing())
            .interceptor(new Recorder("b"))
            .onEvent(e -> told.addAndGet(e instanceof ClientEvent.ObserverFailed ? 1 : 0))
            .build();
    try (NatsClient failing = NatsClient.connect(options)) {
      JetStream out = failing.jetStream();
      assertThat(out.publish(name, null).sequence()).isEqualTo(1);
      expect("b STREAM " + name, "b stored 1");
      get(out.publishAsync(name, null));
      expect("b STREAM " + name, "b stored 2");
      Consumption consumption =
          out.consumer(name, roomyConsumer().name())
              .consume(ConsumeOptions.builder().stopAfter(2).build(), JsMessage::ack);
      assertThat(get(consumption.closed())).isEqualTo(new Closed.LimitReached());
      expect(
          "b handling " + name,
          "b settled ACKED",
          "b handled ACKED", //
          "b handling " + name,
          "b settled ACKED",
          "b handled ACKED");
    }
    assertThat(told).hasValue(1);
  }

  /** Fails in each second call to begin, and at each end otherwise. */
  private static final class Failing implements Interceptor {
    private final AtomicInteger calls = new AtomicInteger();

    private void failEverySecondTime() {
      if (calls.incrementAndGet() % 2 == 0) {
        throw new IllegalStateException("at the beginning");
      }
    }

    @Override
    public Sending publishing(Publication publication) {
      failEverySecondTime();
      return new Sending() {
        @Override
        public void sent() {
          throw new AssertionError("at the end");
        }
      };
    }

    @Override
    public Handling handling(Message message, Origin origin) {
      failEverySecondTime();
      return new Handling() {
        @Override
        public void handled(@Nullable Throwable failure) {
          throw new IllegalStateException("handled");
        }

        @Override
        public void settled(AckState how) {
          throw new IllegalStateException("settled");
        }
      };
    }
  }
}
