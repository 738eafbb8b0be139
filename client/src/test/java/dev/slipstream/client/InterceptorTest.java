// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What interceptors see and what they can do, around all that is sent and handled. */
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class InterceptorTest extends StreamFixture {
  /** What interceptors were told, in order. */
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private NatsClient watched;

  @BeforeEach
  void connectWatched() {
    watched =
        NatsClient.connect(
            ClientOptions.builder()
                .servers(server.url())
                .interceptor(new Recorder("a"))
                .interceptor(new Recorder("b"))
                .build());
  }

  @AfterEach
  void closeWatched() {
    watched.close();
  }

  private void expect(String... expected) throws InterruptedException {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      String line = lines.poll(10, TimeUnit.SECONDS);
      found.add(line == null ? "nothing" : line);
    }
    assertThat(found).containsExactly(expected);
    assertThat(lines).isEmpty();
  }

  private void expectBothAtTheEnd(String begin, String end) throws InterruptedException {
    expect("a " + begin, "b " + begin, "b " + end, "a " + end);
  }

  private PullConsumer watchedConsumer() {
    return watched.jetStream().bindConsumer(name, roomyConsumer().name());
  }

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

  /** Writes a line for all it is told, sets headers, and marks the thread of a handler. */
  private final class Recorder implements Interceptor {
    static final ThreadLocal<String> SCOPE = ThreadLocal.withInitial(() -> "");

    private final String own;

    Recorder(String own) {
      this.own = own;
    }

    private void add(String line) {
      lines.add(own + " " + line);
    }

    @Override
    public Sending publishing(Publication publication) {
      add(publication.kind() + " " + publication.subject());
      if (publication.headers().first("Seen") == null) {
        publication.header("Seen", own);
      }
      publication.header("Trace", own);
      return new Sending() {
        @Override
        public void sent() {
          add("sent");
        }

        @Override
        public void stored(PublishAck ack) {
          add("stored " + ack.sequence());
        }

        @Override
        public void replied(Message reply) {
          add("replied " + reply.payload().length);
        }

        @Override
        public void failed(Throwable failure) {
          add("failed " + failure.getClass().getSimpleName());
        }
      };
    }

    @Override
    public Handling handling(Message message, Origin origin) {
      add("handling " + origin.stream());
      SCOPE.set(SCOPE.get() + own);
      return new Ends(message);
    }

    @Override
    public Handling taken(Message message, Origin origin) {
      add("taken " + origin.stream());
      return new Ends(message);
    }

    private final class Ends implements Handling {
      private final Message message;
      private final Thread thread = Thread.currentThread();

      Ends(Message message) {
        this.message = message;
      }

      @Override
      public void handled(@Nullable Throwable failure) {
        assertThat(Thread.currentThread()).isSameAs(thread);
        SCOPE.set(SCOPE.get().replace(own, ""));
        String state = message instanceof JsMessage settleable ? " " + settleable.ackState() : "";
        add("handled" + state + (failure == null ? "" : " " + failure.getMessage()));
      }

      @Override
      public void settled(AckState how) {
        add("settled " + how);
      }
    }
  }
}
