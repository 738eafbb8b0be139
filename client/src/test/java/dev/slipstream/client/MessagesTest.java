// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Taking messages one by one, and iterating over them without end. */
@Timeout(120)
class MessagesTest extends StreamFixture {
  @Test
  void messagesAreTakenOneByOne() throws Exception {
    publish(3, 10);
    try (Messages messages = roomyConsumer().messages()) {
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
    Messages messages = roomyConsumer().messages();
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
    Eventually.holds(
        PATIENCE,
        messages::state,
        () -> messages.state().bufferedMessages() == 0 && messages.state().delivered() >= 5);
    messages.stop();
    assertThat(get(counted)).isEqualTo(5);
    assertThat(get(messages.closed())).isEqualTo(new Closed.Stopped());
  }

  @Test
  void anEndThatWasNotAskedForIsThrownByTheIteration() throws Exception {
    publish(2, 10);
    PullConsumer consumer = roomyConsumer();
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
}
