// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Headers;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Atomic batches, against a running server. */
@Timeout(60)
class AtomicBatchTest extends ClientFixture {
  private static final PublishOptions NONE = PublishOptions.none();

  private JsStream stream() {
    return js.createStream(
        StreamConfig.builder(name)
            .subjects(name + ".>")
            .allowAtomic(true)
            .allowDirect(true)
            .build());
  }

  private String subject(String token) {
    return name + "." + token;
  }

  private void add(AtomicBatch batch, String token) {
    batch.add(subject(token), token.getBytes(UTF_8));
  }

  private static long messages(JsStream stream) {
    return stream.info().state().messages();
  }

  private static void assertRefused(ApiErrors reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BatchRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void aBatchIsStoredWhenItIsCommittedAndNotBefore() {
    JsStream stream = stream();
    js.publish(subject("before"), null);
    AtomicBatch batch = js.batch();
    add(batch, "a");
    batch.add(Outgoing.to(subject("b")).text("b").header("Key", "v"));
    nc.flush(PATIENCE);
    assertThat(messages(stream)).isEqualTo(1);
    assertThat(batch.size()).isEqualTo(2);
    PublishAck ack = batch.commit(subject("c"), "c".getBytes(UTF_8));
    assertThat(ack).isEqualTo(new PublishAck(name, "", 4, false, batch.id(), 3));
    assertThat(batch.isOver()).isTrue();
    assertThat(batch.size()).isEqualTo(3);
    List<String> texts = new ArrayList<>();
    for (long sequence = 2; sequence <= 4; sequence++) {
      StreamMessage message = stream.message(sequence).orElseThrow();
      texts.add(message.subject() + "=" + message.text());
      assertThat(message.headers().first("Nats-Batch-Id")).isEqualTo(batch.id());
    }
    assertThat(texts).containsExactly(name + ".a=a", name + ".b=b", name + ".c=c");
    assertThat(stream.message(3).orElseThrow().headers().first("Key")).isEqualTo("v");
  }

  @Test
  void aBatchMayBeCommittedWithoutAnotherMessage() {
    JsStream stream = stream();
    AtomicBatch batch = js.batch();
    assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    add(batch, "a");
    add(batch, "b");
    assertThat(batch.commit()).isEqualTo(new PublishAck(name, "", 2, false, batch.id(), 2));
    assertThat(messages(stream)).isEqualTo(2);
  }

  @Test
  void aBatchMayBeOneMessage() {
    JsStream stream = stream();
    AtomicBatch batch = js.batch();
    assertThat(batch.commit(subject("only"), null).batchCount()).isEqualTo(1);
    assertThat(messages(stream)).isEqualTo(1);
  }

  @Test
  void aStreamThatDoesNotAllowItRefusesTheFirstMessage() {
    JsStream stream = js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    AtomicBatch batch = js.batch();
    assertRefused(ApiErrors.ATOMIC_PUBLISH_DISABLED, () -> add(batch, "a"));
    assertThat(batch.isOver()).isTrue();
    assertThatThrownBy(() -> add(batch, "b")).isInstanceOf(IllegalStateException.class);
    assertRefused(ApiErrors.ATOMIC_PUBLISH_DISABLED, () -> js.batch().commit(subject("a"), null));
    assertThat(messages(stream)).isZero();
  }

  @Test
  void aBatchThatNoStreamHearsFailsAtOnce() {
    AtomicBatch batch = js.batch();
    assertThatThrownBy(() -> add(batch, "a")).isInstanceOf(NoRespondersException.class);
    assertThat(batch.isOver()).isTrue();
  }

  @Test
  void expectationsHoldForTheWholeBatch() {
    JsStream stream = stream();
    js.publish(subject("a"), null);
    AtomicBatch first = js.batch();
    first.add(Outgoing.to(subject("a")), NONE.expectedLastSequence(7));
    assertThatThrownBy(() -> first.commit(subject("b"), null))
        .isInstanceOf(WrongLastSequenceException.class);
    AtomicBatch second = js.batch();
    second.add(Outgoing.to(subject("a")), NONE.expectedLastSequence(1));
    Outgoing last = Outgoing.to(subject("b"));
    assertThatThrownBy(() -> second.commit(last, NONE.expectedLastSubjectSequence(9)))
        .isInstanceOf(WrongLastSequenceException.class);
    assertThat(messages(stream)).isEqualTo(1);
    AtomicBatch third = js.batch();
    third.add(Outgoing.to(subject("a")), NONE.expectedLastSequence(1));
    assertThat(third.commit(last, NONE.expectedLastSubjectSequence(0)).sequence()).isEqualTo(3);
  }

  @Test
  void whatABatchCannotCarryRefusesAllOfIt() {
    JsStream stream = stream();
    AtomicBatch twice = js.batch();
    Outgoing message = Outgoing.to(subject("a"));
    twice.add(message, NONE.messageId("same"));
    assertRefused(
        ApiErrors.ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE,
        () -> twice.commit(message, NONE.messageId("same")));
    AtomicBatch lastId = js.batch();
    assertRefused(
        ApiErrors.ATOMIC_PUBLISH_UNSUPPORTED_HEADER_BATCH,
        () -> {
          lastId.add(message, NONE.expectedLastMessageId("x"));
          lastId.commit(message);
        });
    assertThat(messages(stream)).isZero();
  }

  @Test
  void aThousandMessagesAreABatchAndNoMore() {
    JsStream stream = stream();
    AtomicBatch batch = js.batch();
    for (int i = 0; i < AtomicBatch.MOST_MESSAGES; i++) {
      add(batch, "n" + i);
    }
    assertThatThrownBy(() -> add(batch, "more")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.commit(subject("more"), null))
        .isInstanceOf(IllegalStateException.class);
    assertThat(batch.commit().batchCount()).isEqualTo(1000);
    AtomicBatch withLast = js.batch();
    for (int i = 1; i < AtomicBatch.MOST_MESSAGES; i++) {
      add(withLast, "n" + i);
    }
    assertThat(withLast.commit(subject("last"), null).batchCount()).isEqualTo(1000);
    assertThat(messages(stream)).isEqualTo(2000);
  }

  @Test
  void aBatchThatTheServerHasGivenUpIsIncomplete() {
    JsStream stream = stream();
    AtomicBatch batch = js.batch();
    add(batch, "a");
    // leaves a gap, so that the server gives the batch up
    nc.publish(
        subject("x"), Headers.of("Nats-Batch-Id", batch.id(), "Nats-Batch-Sequence", "9"), null);
    assertRefused(
        ApiErrors.ATOMIC_PUBLISH_INCOMPLETE_BATCH, () -> batch.commit(subject("b"), null));
    assertThat(messages(stream)).isZero();
  }

  @Test
  void aBatchGoesOnAfterAReconnectWhenNothingWasLost() throws Exception {
    stream();
    Events<ClientEvent> events = new Events<>();
    nc.onEvent(events);
    AtomicBatch batch = js.batch();
    add(batch, "a");
    add(batch, "b");
    nc.flush(PATIENCE);
    nc.forceReconnect();
    events.await(ClientEvent.Reconnected.class);
    assertThat(batch.commit(subject("c"), null).batchCount()).isEqualTo(3);
  }

  @Test
  void aDiscardedBatchStoresNothing() {
    JsStream stream = stream();
    AtomicBatch batch = js.batch();
    add(batch, "a");
    batch.discard();
    assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    assertThat(js.publish(subject("b"), null).sequence()).isEqualTo(1);
    assertThat(messages(stream)).isEqualTo(1);
  }

  @Test
  void aMessageThatIsRefusedBeforeItIsSentLeavesTheBatchAsItWas() {
    stream();
    AtomicBatch batch = js.batch();
    byte[] large = new byte[nc.server().maxPayload()];
    assertThatThrownBy(() -> batch.add(subject("a"), large))
        .isInstanceOf(PayloadTooLargeException.class);
    assertThatThrownBy(() -> batch.add("a b", null)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> batch.add(Outgoing.to(subject("a")).replyTo("r")))
        .isInstanceOf(IllegalArgumentException.class);
    add(batch, "a");
    assertThatThrownBy(() -> batch.commit(subject("b"), large))
        .isInstanceOf(PayloadTooLargeException.class);
    assertThat(batch.commit(subject("b"), null).batchCount()).isEqualTo(2);
  }
}
