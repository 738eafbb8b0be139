// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamInfo;
import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams, their management, and publishing into them, against a running server. */
@Timeout(60)
class JetStreamTest extends ClientFixture {
  private StreamConfig.Builder config() {
    return StreamConfig.builder(name).subjects(name + ".>").storage(StorageType.MEMORY);
  }

  @Test
  void aStreamIsCreatedDescribedChangedAndDeleted() {
    JsStream stream = js.createStream(config().build());
    assertThat(stream.name()).isEqualTo(name);
    assertThat(Objects.requireNonNull(stream.cachedInfo()).config().subjects())
        .containsExactly(name + ".>");
    js.publish(name + ".a", null);
    assertThat(stream.info().state().messages()).isEqualTo(1);
    JsStream changed = js.updateStream(config().maxMsgs(5).build());
    assertThat(changed.info().config().maxMsgs()).isEqualTo(5);
    assertThat(js.stream(name).info().config().maxMsgs()).isEqualTo(5);
    assertThat(js.createOrUpdateStream(config().maxMsgs(7).build()).info().config().maxMsgs())
        .isEqualTo(7);
    assertThat(js.bindStream(name).cachedInfo()).isNull();
    assertThat(js.deleteStream(name)).isTrue();
    assertThat(js.deleteStream(name)).isFalse();
    assertThatThrownBy(() -> js.stream(name)).isInstanceOf(StreamNotFoundException.class);
    assertThatThrownBy(() -> js.updateStream(config().build()))
        .isInstanceOf(StreamNotFoundException.class);
    assertThat(js.createOrUpdateStream(config().build()).info().state().messages()).isZero();
  }

  @Test
  void whatNoServerWouldTakeIsRefusedAtOnceAndAsAWhole() {
    long asked = nc.stats().messagesOut();
    assertThatThrownBy(
            () ->
                js.createStream(
                    StreamConfig.builder("a b")
                        .subjects("x", "x..y", "with blank")
                        .maxAgeNanos(-1)
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("name: ", "'a b'", "subjects[1]", "subjects[2]", "max_age")
        .hasMessageNotContaining("subjects[0]");
    JsStream stream = js.bindStream("any");
    assertThatThrownBy(
            () ->
                stream.createConsumer(
                    ConsumerConfig.builder()
                        .name("one")
                        .durableName("two")
                        .filterSubject("a.>.b")
                        .filterSubjects("b", "")
                        .ackWaitNanos(-1)
                        .deliverSubject("push")
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "durable_name", "filter_subject:", "filter_subjects[1]", "ack_wait", "deliver_subject");
    assertThat(nc.stats().messagesOut()).isEqualTo(asked);
  }

  @Test
  void aNameInUseIsTold() {
    js.createStream(config().build());
    assertThat(js.createStream(config().build()).name()).isEqualTo(name);
    assertThatThrownBy(() -> js.createStream(config().maxMsgs(1).build()))
        .isInstanceOfSatisfying(
            StreamNameInUseException.class, e -> assertThat(e.errCode()).isEqualTo(10058));
    assertThatThrownBy(() -> js.createStream(StreamConfig.builder("a.b").build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void streamsAreListedPageByPage() {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String one = name + "-" + i;
      js.createStream(StreamConfig.builder(one).subjects(one).storage(StorageType.MEMORY).build());
      created.add(one);
    }
    assertThat(js.streamNames()).containsAll(created);
    assertThat(js.streams().stream().map(info -> info.config().name()).toList())
        .containsAll(created)
        .doesNotHaveDuplicates();
    assertThat(js.streamNames(name + "-7")).containsExactly(name + "-7");
    assertThat(js.streamNameFor(name + "-8")).hasValue(name + "-8");
    assertThat(js.streamNameFor("nowhere.at.all")).isEmpty();
    assertThat(js.account().usage().streams()).isGreaterThanOrEqualTo(300);
    created.forEach(js::deleteStream);
  }

  @Test
  void purgeDropsWhatItIsAskedTo() {
    JsStream stream = js.createStream(config().build());
    for (int i = 0; i < 10; i++) {
      js.publish(name + (i % 2 == 0 ? ".even" : ".odd"), null);
    }
    assertThat(stream.purge(new PurgeRequest(0, name + ".odd", 0))).isEqualTo(5);
    assertThat(stream.purge(new PurgeRequest(4, "", 0))).isEqualTo(2);
    assertThat(stream.purge(new PurgeRequest(0, "", 1))).isEqualTo(2);
    assertThat(stream.purge()).isEqualTo(1);
    assertThat(stream.info().state().messages()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void messagesAreReadBackAndDeleted(boolean direct) {
    JsStream stream = js.createStream(config().allowDirect(direct).build());
    js.publish(Outgoing.to(name + ".a").text("one").header("Key", "value"), PublishOptions.none());
    js.publish(name + ".b", "two".getBytes(UTF_8));
    js.publish(name + ".a", "three".getBytes(UTF_8));
    StreamMessage first = stream.message(1).orElseThrow();
    assertThat(first.subject()).isEqualTo(name + ".a");
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.text()).isEqualTo("one");
    assertThat(first.headers().first("Key")).isEqualTo("value");
    assertThat(first.time()).isAfter(java.time.Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(stream.lastMessage(name + ".a").orElseThrow().sequence()).isEqualTo(3);
    assertThat(stream.nextMessage(2, name + ".a").orElseThrow().text()).isEqualTo("three");
    assertThat(stream.message(99)).isEmpty();
    assertThat(stream.lastMessage(name + ".z")).isEmpty();
    assertThat(stream.deleteMessage(2)).isTrue();
    assertThat(stream.deleteMessage(2)).isFalse();
    assertThat(stream.eraseMessage(1)).isTrue();
    assertThat(stream.message(2)).isEmpty();
    StreamInfo info = stream.info(new StreamInfoRequest(0, true, ">"));
    assertThat(info.state().subjects()).containsOnlyKeys(name + ".a");
  }

  @Test
  void aPublishTellsWhereItWasStored() {
    js.createStream(config().build());
    PublishAck first = js.publish(name + ".a", "x".getBytes(UTF_8));
    assertThat(first).isEqualTo(new PublishAck(name, "", 1, false, "", 0));
    assertThat(js.publish(name + ".a", null).sequence()).isEqualTo(2);
  }

  @Test
  void aSecondMessageWithTheSameIdIsADuplicate() {
    js.createStream(config().build());
    PublishOptions once = PublishOptions.none().messageId("id-1");
    assertThat(js.publish(name + ".a", null, once).duplicate()).isFalse();
    PublishAck again = js.publish(name + ".a", null, once);
    assertThat(again.duplicate()).isTrue();
    assertThat(again.sequence()).isEqualTo(1);
  }

  @Test
  void expectationsAreCheckedBeforeAMessageIsStored() {
    js.createStream(config().build());
    PublishOptions none = PublishOptions.none();
    js.publish(name + ".a", null, none.expectedStream(name).messageId("m1"));
    js.publish(name + ".a", null, none.expectedLastSequence(1));
    js.publish(name + ".b", null, none.expectedLastSubjectSequence(0));
    js.publish(name + ".a", null, none.expectedLastSubjectSequence(2).messageId("m2"));
    js.publish(name + ".a", null, none.expectedLastMessageId("m2"));
    assertThatThrownBy(() -> js.publish(name + ".a", null, none.expectedLastSequence(1)))
        .isInstanceOf(WrongLastSequenceException.class);
    assertThatThrownBy(() -> js.publish(name + ".a", null, none.expectedLastSubjectSequence(9)))
        .isInstanceOf(WrongLastSequenceException.class);
    assertThatThrownBy(() -> js.publish(name + ".a", null, none.expectedStream("other")))
        .isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> js.publish(name + ".a", null, none.expectedLastMessageId("x")))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void aPublishThatNoStreamHearsIsRetriedAndThenFails() {
    long began = System.nanoTime();
    assertThatThrownBy(() -> js.publish(name + ".nobody", null))
        .isInstanceOf(NoRespondersException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
  }

  @Test
  void aPublishSurvivesAStreamThatComesLate() throws Exception {
    CompletableFuture<PublishAck> sent = js.publishAsync(name + ".late", null);
    js.createStream(config().build());
    assertThat(sent.get(10, TimeUnit.SECONDS).sequence()).isEqualTo(1);
  }

  @Test
  void asynchronousPublishesKeepTheirOrder() throws Exception {
    js.createStream(config().build());
    List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      acks.add(js.publishAsync(name + ".a", new byte[128]));
    }
    js.awaitPublished(Duration.ofSeconds(30));
    assertThat(js.publishesInFlight()).isZero();
    for (int i = 0; i < acks.size(); i++) {
      assertThat(acks.get(i)).isDone();
      assertThat(acks.get(i).get().sequence()).isEqualTo(i + 1);
    }
  }

  @Test
  void aRefusedAsynchronousPublishFailsItsFuture() {
    js.createStream(config().build());
    CompletableFuture<PublishAck> refused =
        js.publishAsync(Outgoing.to(name + ".a"), PublishOptions.none().expectedLastSequence(42));
    assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(WrongLastSequenceException.class);
    js.awaitPublished(PATIENCE);
  }

  @Test
  void theWindowOfAsynchronousPublishesIsNeverExceeded() throws Exception {
    int window = 64;
    int threads = 64;
    int each = 200;
    // in the place of a stream: sees every publish and answers one only when told
    LinkedBlockingQueue<Message> open = new LinkedBlockingQueue<>();
    nc.subscribe("window", open::add);
    NatsClient publisher = NatsClient.connect(server.url());
    JetStream bounded =
        publisher.jetStream(JetStreamOptions.defaults().maxInFlight(window, 1 << 20));
    nc.flush(PATIENCE);
    CountDownLatch done = new CountDownLatch(threads);
    List<CompletableFuture<PublishAck>> acks = new java.util.concurrent.CopyOnWriteArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < each; n++) {
                  acks.add(bounded.publishAsync("window", new byte[16]));
                }
                done.countDown();
              });
      thread.setDaemon(true);
      thread.start();
    }
    List<Message> unanswered = new ArrayList<>();
    for (int seen = 0; seen < threads * each; ) {
      while (unanswered.size() < Math.min(window, threads * each - seen)) {
        unanswered.add(
            Objects.requireNonNull(open.poll(10, TimeUnit.SECONDS), "the window is not used"));
      }
      publisher.flush(PATIENCE);
      nc.flush(PATIENCE);
      assertThat(open).as("more than the window is in flight").isEmpty();
      assertThat(bounded.publishesInFlight()).isEqualTo(unanswered.size());
      for (Message message : unanswered) {
        nc.respond(message, "{\"stream\":\"X\",\"seq\":1}".getBytes(UTF_8));
      }
      seen += unanswered.size();
      unanswered.clear();
    }
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    bounded.awaitPublished(PATIENCE);
    assertThat(acks).hasSize(threads * each).allMatch(CompletableFuture::isDone);
    publisher.close();
  }

  @Test
  void theWindowCountsBytesToo() throws Exception {
    LinkedBlockingQueue<Message> open = new LinkedBlockingQueue<>();
    nc.subscribe("bytes", open::add);
    nc.flush(PATIENCE);
    JetStream bounded = nc.jetStream(JetStreamOptions.defaults().maxInFlight(1000, 10_000));
    CompletableFuture<Void> publishing =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 5; i++) {
                bounded.publishAsync("bytes", new byte[4000]);
              }
            });
    for (int answered = 0; answered < 5; answered++) {
      Message next = Objects.requireNonNull(open.poll(10, TimeUnit.SECONDS));
      assertThat(bounded.publishesInFlight()).isLessThanOrEqualTo(2);
      nc.respond(next, "{\"stream\":\"X\",\"seq\":1}".getBytes(UTF_8));
    }
    publishing.get(10, TimeUnit.SECONDS);
  }

  @Test
  void codeChainedToAPublishMayPublishThoughTheWindowIsFull() throws Exception {
    js.createStream(config().build());
    JetStream narrow = nc.jetStream(JetStreamOptions.defaults().maxInFlight(1, 1000));
    CompletableFuture<PublishAck> second =
        narrow
            .publishAsync(name + ".a", null)
            .thenCompose(ack -> narrow.publishAsync(name + ".b", null))
            .thenCompose(ack -> narrow.publishAsync(name + ".c", null));
    assertThat(second.get(10, TimeUnit.SECONDS).sequence()).isEqualTo(3);
  }

  @Test
  void consumersAreCreatedDescribedChangedAndDeleted() {
    JsStream stream = js.createStream(config().build());
    ConsumerConfig durable = Consumers.durable("worker").build();
    PullConsumer consumer = stream.createConsumer(durable);
    assertThat(consumer.name()).isEqualTo("worker");
    assertThat(consumer.stream()).isEqualTo(name);
    assertThat(stream.createConsumer(durable).name()).isEqualTo("worker");
    assertThatThrownBy(
            () -> stream.createConsumer(durable.toBuilder().description("other").build()))
        .isInstanceOf(ConsumerExistsException.class);
    assertThat(
            stream
                .updateConsumer(durable.toBuilder().description("new").build())
                .info()
                .config()
                .description())
        .isEqualTo("new");
    assertThatThrownBy(() -> stream.updateConsumer(Consumers.durable("absent").build()))
        .isInstanceOf(ApiException.class);
    PullConsumer ephemeral = stream.createOrUpdateConsumer(Consumers.ephemeral().build());
    assertThat(ephemeral.name()).isNotEmpty();
    assertThat(ephemeral.info().config().durableName()).isEmpty();
    assertThat(stream.consumerNames()).containsExactlyInAnyOrder("worker", ephemeral.name());
    assertThat(stream.consumers().stream().map(ConsumerInfo::name))
        .containsExactlyInAnyOrder("worker", ephemeral.name());
    assertThat(js.consumer(name, "worker").info().name()).isEqualTo("worker");
    assertThat(js.bindConsumer(name, "unseen").cachedInfo()).isNull();
    assertThat(stream.deleteConsumer("worker")).isTrue();
    assertThat(stream.deleteConsumer("worker")).isFalse();
    assertThatThrownBy(() -> stream.consumer("worker"))
        .isInstanceOf(ConsumerNotFoundException.class);
    assertThat(ephemeral.delete()).isTrue();
    assertThat(stream.consumerNames()).isEmpty();
  }

  @Test
  void filtersOfAConsumerAreHeeded() {
    JsStream stream = js.createStream(config().build());
    js.publish(name + ".a", null);
    js.publish(name + ".b", null);
    js.publish(name + ".c", null);
    PullConsumer one =
        stream.createConsumer(Consumers.ephemeral().filterSubject(name + ".b").build());
    assertThat(one.fetch(Fetch.noWait(10)).toList()).hasSize(1);
    PullConsumer two =
        stream.createConsumer(
            Consumers.ephemeral().filterSubjects(List.of(name + ".a", name + ".c")).build());
    assertThat(two.fetch(Fetch.noWait(10)).toList()).hasSize(2);
  }

  @Test
  void aDomainIsReachedByItsName() {
    try (ServerProcess hub =
            TestServer.builder().configuration("jetstream { domain: hub }").start();
        NatsClient client = NatsClient.connect(hub.url())) {
      JetStream domain = client.jetStream(JetStreamOptions.defaults().domain("hub"));
      domain.createStream(StreamConfig.builder("D").subjects("d").build());
      assertThat(domain.publish("d", null).domain()).isEqualTo("hub");
      PullConsumer consumer = domain.bindStream("D").createConsumer(Consumers.ephemeral().build());
      JsMessage message = consumer.next().orElseThrow();
      message.ackConfirmed(PATIENCE);
      assertThat(message.info().stream()).isEqualTo("D");
      assertThatThrownBy(
              () -> client.jetStream(JetStreamOptions.defaults().domain("nowhere")).account())
          .isInstanceOf(JetStreamException.class);
    }
  }
}
