// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ConsumerExistsException;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.worker.groups.MembershipState.Phase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Static groups: how they are made, who gets what, and what ends them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StaticGroupTest extends GroupFixture {

  @Test
  void aGroupIsCreatedOnceAndFoundAndListedAndDeleted() {
    StaticGroup group = fixed(4, "a", "b");
    StaticGroupConfig config = StaticGroupConfig.balanced(4, "a", "b");
    assertThat(StaticGroup.create(js, name, GROUP, config).config()).isEqualTo(config);
    assertThatThrownBy(
            () -> StaticGroup.create(js, name, GROUP, StaticGroupConfig.balanced(4, "a")))
        .isInstanceOf(GroupExistsException.class)
        .hasMessageContaining("members=[a, b]");
    assertThat(StaticGroup.find(js, name, GROUP).orElseThrow().members()).containsExactly("a", "b");
    assertThat(StaticGroup.find(js, name, "other")).isEmpty();
    StaticGroup.create(js, name, "A-G", StaticGroupConfig.balanced(1));
    assertThat(StaticGroup.list(js, name)).containsExactly("A-G", GROUP);
    assertThat(StaticGroup.list(js, "nothing")).isEmpty();
    assertThat(StaticGroup.delete(js, name, GROUP)).isTrue();
    assertThat(StaticGroup.delete(js, name, GROUP)).isFalse();
    assertThat(StaticGroup.delete(js, name, "A-G")).isTrue();
    assertThatThrownBy(group::config).isInstanceOf(GroupNotFoundException.class);
    assertThatThrownBy(() -> group.join("a", message -> {}))
        .isInstanceOf(GroupNotFoundException.class);
  }

  @Test
  void whatCannotBeAGroupIsRefusedBeforeAnythingIsSent() {
    assertThatThrownBy(() -> StaticGroup.find(js, "a.b", "c d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("stream: 'a.b'", "group: 'c d'");
    assertThatThrownBy(
            () -> StaticGroup.create(js, name, GROUP, StaticGroupConfig.balanced(0, "a")))
        .hasMessageContaining("max_members: 0");
    assertThatThrownBy(
            () -> StaticGroup.create(js, name, GROUP, StaticGroupConfig.balanced(1, "a")))
        .isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void membersShareThePartitionsAndEachKeyStaysInOrder() {
    StaticGroup group = fixed(4, "a", "b");
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    Membership b = opened(group.join("b", options(), order.handler("b")));
    assertThat(a.state().partitions()).containsExactly(0, 1);
    assertThat(b.state().partitions()).containsExactly(2, 3);
    publish(20, 1, 10);
    order.await(20, 10, PATIENCE);
    assertThat(order.faults()).isEmpty();
    assertThat(order.handlers()).containsExactlyInAnyOrder("a", "b");
    assertThat(order.again()).isEmpty();
    awaitPhase(a, Phase.ACTIVE);
    assertThat(group.activeMembers()).containsExactlyInAnyOrder("a", "b");
    ConsumerConfig consumer = js.consumer(name, GROUP + "-a").info().config();
    assertThat(consumer.filters()).containsExactly("0.>", "1.>");
    assertThat(consumer.priorityPolicy()).isEqualTo(PriorityPolicy.PINNED_CLIENT);
    assertThat(consumer.priorityGroups()).containsExactly("PCG");
    assertThat(consumer.priorityTimeoutNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    assertThat(consumer.maxAckPending()).isEqualTo(1);
  }

  @Test
  void theSubjectComesWithoutItsPartition() throws Exception {
    StaticGroup group = fixed(4, "a");
    CompletableFuture<GroupMessage> first = new CompletableFuture<>();
    opened(
        group.join(
            "a",
            options(),
            message -> {
              message.ack();
              first.complete(message);
            }));
    publish(1, 1, 1);
    GroupMessage message = first.get(20, TimeUnit.SECONDS);
    int partition = PartitioningFilter.of(name + ".*", 1).partition(name + ".k0", 4).orElseThrow();
    assertThat(message.subject()).isEqualTo(name + ".k0");
    assertThat(message.partition()).isEqualTo(partition);
    assertThat(message.message().subject()).isEqualTo(partition + "." + name + ".k0");
    assertThat(message.text()).isEqualTo("1");
  }

  @Test
  void whoIsNoMemberOrHasOtherOptionsIsRefused() {
    StaticGroup group = fixed(1, "a", "b");
    assertThatThrownBy(() -> group.join("c", options(), message -> {}))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("'c' is no member of " + name + "." + GROUP);
    opened(group.join("a", options(), message -> {}));
    assertThatThrownBy(() -> group.join("a", options(Duration.ofSeconds(7)), message -> {}))
        .isInstanceOf(ConsumerExistsException.class);
    Membership tooMany = opened(group.join("b", options(), message -> {}));
    assertThat(tooMany.state()).isEqualTo(new MembershipState(Phase.OUTSIDE, List.of(), null));
  }

  @Test
  void aChangeEndsTheGroupForAll() throws Exception {
    StaticGroup group = fixed(2, "a", "b");
    Membership a = opened(group.join("a", options(), message -> {}));
    Membership b = opened(group.join("b", options(), message -> {}));
    StaticGroupConfig changed = StaticGroupConfig.balanced(2, "a");
    put(GroupConfigJson.write(changed));
    MembershipEnd expected =
        new MembershipEnd.GroupChanged(StaticGroupConfig.balanced(2, "a", "b"), changed);
    assertThat(a.closed().get(20, TimeUnit.SECONDS)).isEqualTo(expected);
    assertThat(b.closed().get(20, TimeUnit.SECONDS)).isEqualTo(expected);
    assertThat(js.bindStream(name).consumerNames()).isEmpty();
    assertThat(a.state().phase()).isEqualTo(Phase.ENDED);
  }

  private void put(byte[] json) {
    KeyValue.open(js, "static-consumer-groups").put(name + "." + GROUP, json);
  }

  @Test
  void whatIsTheSameIsNoChangeAndWhatIsNoneEndsIt() throws Exception {
    StaticGroup group = fixed(2, "a");
    Membership a = opened(group.join("a", options(), message -> {}));
    put("{\"members\":[\"a\"],\"more\":1,\"max_members\":2}".getBytes(UTF_8));
    put("{\"max_members\":0}".getBytes(UTF_8));
    assertThat(a.closed().get(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            MembershipEnd.GroupInvalid.class,
            end -> assertThat(end.why()).hasMessageContaining("max_members: 0"));
    assertThatThrownBy(group::config).isInstanceOf(InvalidGroupException.class);
    put("x".getBytes(UTF_8));
    assertThatThrownBy(() -> StaticGroup.find(js, name, GROUP))
        .isInstanceOf(InvalidGroupException.class);
  }

  @Test
  void toDeleteTheGroupEndsIt() throws Exception {
    StaticGroup group = fixed(2, "a");
    Membership a = opened(group.join("a", options(), message -> {}));
    StaticGroup.delete(js, name, GROUP);
    assertThat(a.closed().get(20, TimeUnit.SECONDS)).isEqualTo(new MembershipEnd.GroupDeleted());
    assertThat(js.bindStream(name).consumerNames()).isEmpty();
  }

  @Test
  void aConsumerThatIsDeletedIsThereAgain() {
    StaticGroup group = fixed(2, "a");
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    awaitPhase(a, Phase.STANDBY);
    assertThat(js.bindStream(name).deleteConsumer(GROUP + "-a")).isTrue();
    publish(3, 1, 2);
    order.await(3, 2, PATIENCE);
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void toStepDownHasAnotherInstanceServed() {
    StaticGroup group = fixed(2, "a");
    KeyOrder order = new KeyOrder();
    Membership first = opened(group.join("a", options(), order.handler("first")));
    publish(2, 1, 1);
    order.await(2, 1, PATIENCE);
    awaitPhase(first, Phase.ACTIVE);
    Membership second = opened(group.join("a", options(), order.handler("second")));
    group.stepDown("a");
    for (int number = 2; second.state().phase() != Phase.ACTIVE; number++) {
      publish(2, number, number);
      order.await(2, number, PATIENCE);
    }
    assertThat(order.faults()).isEmpty();
    assertThat(order.handlers()).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void closeLetsTheHandlerFinishAndHandsOverAtOnce() throws Exception {
    // a pin of a minute: what takes over before was let in
    JoinOptions options = options(Duration.ofMinutes(1));
    StaticGroup group = fixed(1, "a");
    KeyOrder order = new KeyOrder();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Membership first =
        opened(
            group.join(
                "a",
                options,
                order.handler(
                    "first",
                    message -> {
                      entered.countDown();
                      released.await();
                    })));
    publish(1, 1, 1);
    entered.await();
    Membership second = opened(group.join("a", options, order.handler("second")));
    publish(1, 2, 5);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(first::close);
    awaitPhase(first, Phase.RELEASING);
    assertThat(closing).isNotDone();
    released.countDown();
    closing.get(20, TimeUnit.SECONDS);
    order.await(1, 5, PATIENCE);
    assertThat(first.closed()).isCompletedWithValue(new MembershipEnd.Stopped());
    assertThat(order.faults()).isEmpty();
    assertThat(order.again()).isEmpty();
    assertThat(order.handlers()).containsExactlyInAnyOrder("first", "second");
    assertThat(second.state().phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void aHandlerMayCloseItsOwnMembership() throws Exception {
    StaticGroup group = fixed(1, "a");
    CompletableFuture<Membership> self = new CompletableFuture<>();
    KeyOrder order = new KeyOrder();
    Membership membership =
        opened(group.join("a", options(), order.handler("a", message -> self.get().close())));
    self.complete(membership);
    publish(1, 1, 2);
    assertThat(membership.closed().get(20, TimeUnit.SECONDS))
        .isEqualTo(new MembershipEnd.Stopped());
    assertThat(order.handled(name + ".k0")).isEqualTo(1);
  }

  @Test
  void aHandlerThatFailsHoldsUpItsPartitions() {
    StaticGroup group = fixed(1, "a");
    KeyOrder order = new KeyOrder();
    opened(
        group.join(
            "a",
            options(),
            order.handler(
                "a",
                message -> {
                  if (message.info().delivered() < 3) {
                    throw new IllegalStateException("not yet");
                  }
                })));
    publish(1, 1, 3);
    order.await(1, 3, PATIENCE);
    assertThat(order.faults()).isEmpty();
    assertThat(order.again()).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void aClientThatIsClosedEndsIt() throws Exception {
    StaticGroup group = fixed(1, "a");
    try (NatsClient own = client(SERVER.url())) {
      StaticGroup same = StaticGroup.find(own.jetStream(), name, GROUP).orElseThrow();
      Membership a = opened(same.join("a", options(), message -> {}));
      own.close();
      assertThat(a.closed().get(20, TimeUnit.SECONDS))
          .isInstanceOf(MembershipEnd.ConsumptionEnded.class);
    }
    assertThat(group.members()).containsExactly("a");
  }
}
