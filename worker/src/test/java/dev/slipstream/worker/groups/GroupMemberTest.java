// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.SupervisorSpec;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.WorkerRef;
import dev.slipstream.worker.WorkerStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are members of a partitioned group. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupMemberTest extends GroupFixture {

  /** Notes what it handles; its argument is the member it works for. */
  private final class Member implements PullWorker<String, Integer> {
    final List<String> connected = new CopyOnWriteArrayList<>();
    final AtomicInteger lives = new AtomicInteger();
    private final KeyOrder order;
    private final GroupHandler work;

    Member(KeyOrder order, GroupHandler work) {
      this.order = order;
      this.work = work;
    }

    @Override
    public Init<Integer> init(String member) {
      lives.incrementAndGet();
      return Init.ok(
          0,
          WorkerOptions.builder()
              .connection(client)
              .source(GroupMember.of(name, GROUP, member).options(options()))
              .connectionRetryTimeout(Duration.ofMillis(20))
              .connectionRetries(3)
              .build());
    }

    @Override
    public Integer handleConnected(ConsumerInfo consumer, Integer state) {
      connected.add(consumer.name());
      return state;
    }

    @Override
    public Reply<Integer> handleMessage(JsMessage message, Integer state) throws Exception {
      String who = message.info().consumer();
      order.noting(who, work).onMessage(GroupMessage.of(message));
      return Reply.ack(state + 1);
    }
  }

  @Test
  void membersShareTheKeysAndKeepTheirOrder() {
    elastic(4, "m1", "m2");
    KeyOrder order = new KeyOrder();
    Member member = new Member(order, message -> {});
    publish(10, 1, 20);
    try (Supervisor tree = tree(member, "m1", "m2")) {
      order.await(10, 20, PATIENCE);
      assertThat(order.faults()).isEmpty();
      assertThat(order.handlers()).hasSize(2);
      assertThat(order.again()).isEmpty();
      assertThat(tree.children()).allMatch(child -> child.starts() == 1);
    }
  }

  @Test
  void aLifeThatFailsLeavesItsMessageToTheNextWhichKeepsTheOrder() {
    elastic(2, "m1", "m2");
    KeyOrder order = new KeyOrder();
    AtomicInteger failures = new AtomicInteger();
    Member member =
        new Member(
            order,
            message -> {
              boolean third = message.subject().endsWith(".k1") && message.text().equals("3");
              if (third && failures.incrementAndGet() == 1) {
                throw new IllegalStateException("cannot bill three");
              }
            });
    publish(4, 1, 6);
    try (Supervisor tree = tree(member, "m1", "m2")) {
      order.await(4, 6, PATIENCE);
      assertThat(order.faults()).isEmpty();
      assertThat(order.again()).hasSize(1);
      assertThat(member.lives).hasValue(3);
      assertThat(tree.status()).isEqualTo(WorkerStatus.RUNNING);
    }
  }

  @Test
  void aSecondWorkerOfAMemberStandsByAndTakesOverAtOnceWhenTheFirstIsClosed() {
    elastic(2, "m1");
    KeyOrder order = new KeyOrder();
    Member first = new Member(order, message -> {});
    WorkerRef working = workers.start(ChildSpec.of(first, "m1").id("first"));
    publish(3, 1, 5);
    order.await(3, 5, PATIENCE);
    Member second = new Member(order, message -> {});
    workers.start(ChildSpec.of(second, "m1").id("second"));
    working.close();
    assertThat(working.stopReason()).contains(new StopReason.Shutdown());
    publish(3, 6, 9);
    order.await(3, 9, PATIENCE);
    assertThat(order.faults()).isEmpty();
    assertThat(second.connected).isNotEmpty();
  }

  @Test
  void aGroupThatIsNotThereEndsTheWorkerForTimeout() {
    Member member = new Member(new KeyOrder(), message -> {});
    WorkerRef ref = workers.start(ChildSpec.of(member, "m1"));
    assertThat(ref.stopped().join())
        .isInstanceOfSatisfying(
            StopReason.Timeout.class,
            timeout -> assertThat(timeout.last()).isInstanceOf(GroupNotFoundException.class));
  }

  private Supervisor tree(Member member, String... names) {
    SupervisorSpec spec = Supervisor.oneForOne();
    for (String each : names) {
      spec = spec.child(ChildSpec.of(member, each).id(each));
    }
    return spec.start(workers);
  }
}
