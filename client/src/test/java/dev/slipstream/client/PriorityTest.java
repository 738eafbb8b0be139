// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that share a consumer with priority groups. */
@Timeout(60)
class PriorityTest extends StreamFixture {
  private final LinkedBlockingQueue<String> got = new LinkedBlockingQueue<>();

  private void consumer(PriorityPolicy policy) {
    consumer(policy, Duration.ZERO);
  }

  private void consumer(PriorityPolicy policy, Duration pinTimeout) {
    stream.createConsumer(
        Consumers.durable("c")
            .priorityGroups("g")
            .priorityPolicy(policy)
            .priorityTimeoutNanos(pinTimeout.toNanos())
            .build());
  }

  /** Every handle is a client of its own to the server. */
  private Consumption consume(String who, Priority priority) {
    ConsumeOptions options =
        ConsumeOptions.builder()
            .priority(priority)
            .expires(Duration.ofSeconds(2))
            .maxMessages(10)
            .build();
    return stream
        .bindConsumer("c")
        .consume(
            options,
            m -> {
              got.add(who);
              m.ack();
            });
  }

  private String next() throws InterruptedException {
    String who = got.poll(20, TimeUnit.SECONDS);
    assertThat(who).as("who got the next message").isNotNull();
    return who;
  }

  /** Waits until the server knows of so many pulls. */
  private void awaitWaiting(int pulls) {
    PullConsumer consumer = stream.consumer("c");
    Eventually.holds(PATIENCE, consumer::info, () -> consumer.info().numWaiting() >= pulls);
  }

  @Test
  void onlyThePinnedClientGetsMessagesUntilAnotherIsPinned() throws Exception {
    consumer(PriorityPolicy.PINNED_CLIENT, Duration.ofSeconds(5));
    Consumption first = consume("first", Priority.pinned("g"));
    publish(1, 0);
    assertThat(next()).isEqualTo("first");
    Consumption second = consume("second", Priority.pinned("g"));
    awaitWaiting(2);
    for (int i = 0; i < 20; i++) {
      publish(1, 0);
      assertThat(next()).isEqualTo("first");
    }
    first.stop(); // its pin ends when it has not pulled for 5 s
    publish(1, 0);
    assertThat(next()).isEqualTo("second");
    Consumption third = consume("third", Priority.pinned("g"));
    awaitWaiting(2);
    stream.bindConsumer("c").unpin("g");
    String pinned = null;
    for (int i = 0; i < 10; i++) {
      publish(1, 0);
      String who = next();
      assertThat(who).isEqualTo(pinned == null ? who : pinned);
      pinned = who;
    }
    second.stop();
    third.stop();
  }

  @Test
  void fetchesOfAPinnedClientSayWhoTheyAre() {
    consumer(PriorityPolicy.PINNED_CLIENT, Duration.ofSeconds(40));
    publish(20, 0);
    PullConsumer mine = stream.bindConsumer("c");
    PullConsumer other = stream.bindConsumer("c");
    Fetch five = Fetch.of(5).as(Priority.pinned("g")).within(Duration.ofSeconds(1));
    assertThat(mine.fetch(five).toList()).hasSize(5).allMatch(JsMessage::ack);
    assertThat(other.fetch(five).toList()).isEmpty();
    assertThat(mine.fetch(five).toList()).hasSize(5).allMatch(JsMessage::ack);
    mine.unpin("g");
    assertThat(other.fetch(five).toList()).hasSize(5).allMatch(JsMessage::ack);
    assertThat(mine.fetch(five).toList()).isEmpty(); // refused once, then it waits unpinned
  }

  @Test
  void overflowIsServedAboveItsBacklogOnly() throws Exception {
    consumer(PriorityPolicy.OVERFLOW);
    publish(5, 0);
    PullConsumer consumer = stream.bindConsumer("c");
    Priority overflow = Priority.overflow("g", 8, 0);
    Fetch fetch = Fetch.of(10).as(overflow).within(Duration.ofSeconds(1));
    assertThat(consumer.fetch(fetch).toList()).isEmpty();
    publish(5, 0);
    // 10, 9 and 8 are pending when these are taken
    assertThat(consumer.fetch(fetch).toList()).hasSize(3);
  }

  @Test
  void lowerNumbersAreServedFirst() throws Exception {
    consumer(PriorityPolicy.PRIORITIZED);
    Consumption later = consume("later", Priority.prioritized("g", 2));
    awaitWaiting(1);
    publish(1, 0);
    assertThat(next()).isEqualTo("later");
    Consumption sooner = consume("sooner", Priority.prioritized("g", 1));
    awaitWaiting(2);
    for (int i = 0; i < 20; i++) {
      publish(1, 0);
      assertThat(next()).isEqualTo("sooner");
    }
    sooner.stop();
    publish(1, 0);
    assertThat(next()).isEqualTo("later");
    later.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a b"})
  void groupsWithNamesThatNoServerTakesAreRefused(String group) {
    assertThatThrownBy(() -> Priority.pinned(group)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbersThatNoServerTakesAreRefused() {
    assertThatThrownBy(() -> Priority.prioritized("g", 10)).hasMessageContaining("10");
    assertThatThrownBy(() -> Priority.overflow("g", -1, 0)).hasMessageContaining("-1");
  }
}
