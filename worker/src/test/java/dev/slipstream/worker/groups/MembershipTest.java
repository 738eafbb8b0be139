// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientState;
import dev.slipstream.client.Closed;
import dev.slipstream.client.NatsClient;
import dev.slipstream.testkit.Cable;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.worker.groups.MembershipState.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members that come, go and die while messages flow: each key in order, nothing lost. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MembershipTest extends GroupFixture {
  private static final int KEYS = 12;

  @Test
  void whenTheServedInstanceDiesAnotherTakesOver() throws Exception {
    takesOver(elastic(3, "a"));
  }

  @Test
  void whenTheServedInstanceOfAStaticGroupDiesAnotherTakesOver() throws Exception {
    takesOver(fixed(3, "a"));
  }

  private void takesOver(ConsumerGroup group) throws Exception {
    Cable cable = opened(new Cable(SERVER.port()));
    NatsClient doomed = opened(client(cable.url()));
    ConsumerGroup theirs =
        group instanceof StaticGroup
            ? StaticGroup.find(doomed.jetStream(), name, GROUP).orElseThrow()
            : ElasticGroup.find(doomed.jetStream(), name, GROUP).orElseThrow();
    KeyOrder order = new KeyOrder();
    CountDownLatch cut = new CountDownLatch(1);
    Membership first =
        theirs.join(
            "a",
            options(),
            order.handler(
                "first",
                message -> {
                  if (message.text().equals("5")) {
                    cable.cut();
                    cut.countDown();
                    throw new IllegalStateException("died");
                  }
                }));
    publish(KEYS, 1, 1);
    order.await(KEYS, 1, PATIENCE);
    awaitPhase(first, Phase.ACTIVE);
    Membership second = opened(group.join("a", options(), order.handler("second")));
    publish(KEYS, 2, 20);
    assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
    long cutAt = System.nanoTime();
    awaitPhase(second, Phase.ACTIVE);
    Duration took = Duration.ofNanos(System.nanoTime() - cutAt);
    order.await(KEYS, 20, PATIENCE);
    assertThat(order.faults()).isEmpty();
    assertThat(order.again()).hasSizeLessThanOrEqualTo(1);
    assertThat(took).as("an ack wait of 2 s").isLessThan(Duration.ofSeconds(8));
    doomed.close();
    assertThat(first.closed().get(20, TimeUnit.SECONDS))
        .isInstanceOf(MembershipEnd.ConsumptionEnded.class);
  }

  @Test
  void membersComeAndGoWhileMessagesFlow() {
    ElasticGroup group = elastic(7, "a");
    KeyOrder order = new KeyOrder();
    List<Membership> memberships = new ArrayList<>();
    for (String member : List.of("a", "b", "c", "d")) {
      memberships.add(opened(group.join(member, options(), order.handler(member))));
    }
    CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> flow(order, 1, 150));
    List<Runnable> changes =
        List.of(
            () -> group.addMembers("b"),
            () -> group.addMembers("c", "d"),
            () -> group.deleteMembers("a"),
            () ->
                group.setMemberMappings(
                    MemberMapping.of("a", 0, 2, 4, 6), MemberMapping.of("d", 1, 3, 5)),
            () -> {
              group.deleteMemberMappings();
              memberships.forEach(each -> awaitPhase(each, Phase.OUTSIDE));
              group.addMembers("a", "b", "c", "d");
            },
            () -> group.deleteMembers("b", "d"));
    int step = 0;
    for (Runnable change : changes) {
      step += 20;
      order.await(KEYS, step - 19, PATIENCE);
      change.run();
    }
    order.await(KEYS, 150, PATIENCE.multipliedBy(2));
    publishing.join();
    assertThat(order.faults()).isEmpty();
    assertThat(order.again()).isEmpty();
    assertThat(order.handlers()).contains("a", "b", "c", "d");
    assertThat(group.config().partitions("c")).isNotEmpty();
  }

  /** Publishes no further ahead than a few numbers. */
  private void flow(KeyOrder order, int from, int to) {
    for (int number = from; number <= to; number++) {
      publish(KEYS, number, number);
      if (number > 5) {
        order.await(KEYS, number - 5, PATIENCE);
      }
    }
  }

  @Test
  void instancesOfAMemberFollowTheGroupTogether() {
    ElasticGroup group = elastic(4, "a");
    KeyOrder order = new KeyOrder();
    Membership first = opened(group.join("a", options(), order.handler("a1")));
    Membership second = opened(group.join("a", options(), order.handler("a2")));
    Membership third = opened(group.join("b", options(), order.handler("b")));
    publish(KEYS, 1, 2);
    order.await(KEYS, 2, PATIENCE);
    group.addMembers("b");
    publish(KEYS, 3, 10);
    order.await(KEYS, 10, PATIENCE);
    for (Membership each : List.of(first, second)) {
      assertThat(each.state().partitions()).containsExactly(0, 1);
    }
    assertThat(third.state().partitions()).containsExactly(2, 3);
    assertThat(order.faults()).isEmpty();
    assertThat(order.handlers()).contains("b");
    assertThat(group.consumed().consumerNames()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aConsumerThatIsDeletedUnderAMemberIsThereAgain() {
    ElasticGroup group = elastic(4, "a");
    KeyOrder order = new KeyOrder();
    opened(group.join("a", options(), order.handler("a")));
    publish(KEYS, 1, 2);
    order.await(KEYS, 2, PATIENCE);
    assertThat(group.consumed().deleteConsumer("a")).isTrue();
    publish(KEYS, 3, 4);
    order.await(KEYS, 4, PATIENCE);
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void aHandlerThatDoesNotReturnHoldsUpTheOthersForAnAckWait() throws Exception {
    ElasticGroup group = elastic(1, "a");
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Membership a =
        opened(
            group.join(
                "a",
                options(),
                message -> {
                  entered.countDown();
                  released.await();
                }));
    KeyOrder order = new KeyOrder();
    opened(group.join("b", options(), order.handler("b")));
    publish(1, 1, 3);
    entered.await();
    long begun = System.nanoTime();
    group.setMemberMappings(MemberMapping.of("b", 0));
    awaitPhase(a, Phase.RELEASING);
    order.await(1, 3, PATIENCE);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(10));
    released.countDown();
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void closeWithoutAConnectionWaitsForNobody() throws Exception {
    Cable cable = opened(new Cable(SERVER.port()));
    NatsClient cutOff = opened(client(cable.url()));
    elastic(1, "a");
    ElasticGroup group = ElasticGroup.find(cutOff.jetStream(), name, GROUP).orElseThrow();
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    publish(1, 1, 1);
    order.await(1, 1, PATIENCE);
    cable.cut();
    Eventually.holds(PATIENCE, cutOff::state, () -> cutOff.state() != ClientState.CONNECTED);
    long begun = System.nanoTime();
    a.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    assertThat(a.closed()).isCompletedWithValue(new MembershipEnd.Stopped());
  }

  @Test
  void anInstanceWhoseConsumptionEndsHasAnotherServedAtOnce() throws Exception {
    JoinOptions options = options(Duration.ofMinutes(1)); // no pin lapses here
    ElasticGroup group = elastic(1, "a");
    KeyOrder order = new KeyOrder();
    Membership first =
        opened(
            group.join(
                "a",
                options,
                (consumer, pulls) ->
                    consumer.consume(
                        pulls.stopAfter(1).build(),
                        message -> order.handler("first").onMessage(GroupMessage.of(message)))));
    publish(1, 1, 1);
    assertThat(first.closed().get(20, TimeUnit.SECONDS))
        .isEqualTo(new MembershipEnd.ConsumptionEnded(new Closed.LimitReached()));
    opened(group.join("a", options, order.handler("second")));
    publish(1, 2, 3);
    order.await(1, 3, PATIENCE);
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void closedWorkersEndAMembershipThatIsClosedBehindThem() {
    ElasticGroup group = elastic(1, "a");
    Membership a = group.join("a", options(), message -> message.ack());
    workers.close();
    a.close();
    assertThat(a.closed()).isCompletedWithValue(new MembershipEnd.Stopped());
    publish(1, 1, 1);
    assertThat(group.consumed().info().state().messages()).isLessThanOrEqualTo(1);
  }
}
