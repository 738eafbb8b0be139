// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ApiException;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.client.StreamNameInUseException;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.worker.groups.ElasticGroup.MemberStatus;
import dev.slipstream.worker.groups.MembershipState.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Elastic groups: how they are made and changed, and what their stream holds. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ElasticGroupTest extends GroupFixture {

  @Test
  void aGroupIsCreatedOnceAndFoundAndListedAndDeleted() {
    ElasticGroup group = elastic(4, "a");
    ElasticGroupConfig config = group.config();
    assertThat(config.members()).containsExactly("a");
    ElasticGroup.create(js, name, GROUP, config.members(List.of("b")));
    assertThat(group.members()).containsExactly("a");
    assertThatThrownBy(() -> ElasticGroup.create(js, name, GROUP, ElasticGroupConfig.of(4)))
        .isInstanceOf(GroupExistsException.class);
    assertThat(ElasticGroup.find(js, name, GROUP).orElseThrow().config()).isEqualTo(config);
    assertThat(ElasticGroup.list(js, name)).containsExactly(GROUP);
    StreamConfig stream = js.stream(name + "-" + GROUP).info().config();
    assertThat(stream.retention()).isEqualTo(RetentionPolicy.WORKQUEUE);
    assertThat(ElasticGroup.delete(js, name, GROUP)).isTrue();
    assertThat(ElasticGroup.delete(js, name, GROUP)).isFalse();
    assertThat(ElasticGroup.find(js, name, GROUP)).isEmpty();
    assertThat(ElasticGroup.list(js, name)).isEmpty();
    assertThatThrownBy(() -> js.stream(name + "-" + GROUP))
        .isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void aGroupWhoseStreamIsAnotherOnesIsNotLeftBehind() {
    js.createStream(StreamConfig.builder(name + "-" + GROUP).subjects("another." + name).build());
    assertThatThrownBy(() -> elastic(4, "a")).isInstanceOf(StreamNameInUseException.class);
    assertThat(ElasticGroup.find(js, name, GROUP)).isEmpty();
    js.deleteStream(name + "-" + GROUP);
  }

  @Test
  void theServerPutsMessagesWhereTheClientSaysTheyAre() {
    ElasticGroup group = elastic(7);
    publish(40, 1, 1);
    Eventually.holds(PATIENCE, () -> "", () -> group.consumed().info().state().messages() == 40);
    for (long sequence = 1; sequence <= 40; sequence++) {
      StreamMessage message = group.consumed().message(sequence).orElseThrow();
      String subject = message.subject().substring(2);
      assertThat(message.subject())
          .isEqualTo(group.config().partition(subject).orElseThrow() + "." + subject);
    }
  }

  @Test
  void membersAreAddedAndDeleted() {
    ElasticGroup group = elastic(4);
    assertThat(group.addMembers("b", "a", "b")).containsExactly("b", "a");
    assertThat(group.addMembers("c")).containsExactly("b", "a", "c");
    assertThat(group.deleteMembers("a", "nobody")).containsExactly("b", "c");
    assertThat(group.members()).containsExactly("b", "c");
    assertThatThrownBy(() -> group.addMembers("x.y", "", "d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'x.y'", "''");
    assertThatThrownBy(group::addMembers).hasMessageContaining("none");
    assertThatThrownBy(group::deleteMembers).isInstanceOf(IllegalArgumentException.class);
    assertThat(group.isInGroupAndActive("b")).isEqualTo(new MemberStatus(true, false));
    assertThat(group.isInGroupAndActive("a")).isEqualTo(new MemberStatus(false, false));
  }

  @Test
  void mappingsTakeThePlaceOfMembers() {
    ElasticGroup group = elastic(3, "a", "b");
    group.setMemberMappings(MemberMapping.of("x", 2, 0), MemberMapping.of("y", 1));
    assertThat(group.config().members()).isEmpty();
    assertThat(group.members()).containsExactly("x", "y");
    assertThat(group.config().partitions("x")).containsExactly(2, 0);
    assertThatThrownBy(() -> group.addMembers("a"))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("mappings");
    assertThatThrownBy(() -> group.deleteMembers("x")).isInstanceOf(JetStreamException.class);
    assertThatThrownBy(() -> group.setMemberMappings(MemberMapping.of("x", 0, 1)))
        .hasMessageContaining("nobody has the partitions [2]");
    group.deleteMemberMappings();
    group.deleteMemberMappings();
    assertThat(group.members()).isEmpty();
    assertThat(group.addMembers("a")).containsExactly("a");
  }

  @Test
  void changesOfSeveralAtATimeAreAllMade() {
    ElasticGroup group = elastic(4);
    List<CompletableFuture<List<String>>> changes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String member = "m" + i;
      names.add(member);
      changes.add(CompletableFuture.supplyAsync(() -> group.addMembers(member)));
    }
    changes.forEach(CompletableFuture::join);
    assertThat(group.members()).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void whoIsNotInTheGroupWaitsUntilItIs() {
    ElasticGroup group = elastic(2);
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    assertThat(a.state()).isEqualTo(new MembershipState(Phase.OUTSIDE, List.of(), null));
    publish(3, 1, 3);
    group.addMembers("a");
    order.await(3, 3, PATIENCE);
    awaitPhase(a, Phase.ACTIVE);
    assertThat(a.state().partitions()).containsExactly(0, 1);
    assertThat(group.isInGroupAndActive("a")).isEqualTo(new MemberStatus(true, true));
    group.deleteMembers("a");
    awaitPhase(a, Phase.OUTSIDE);
    assertThat(group.activeMembers()).isEmpty();
    assertThat(group.consumed().consumerNames()).isEmpty();
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void mappingsMoveThePartitions() {
    ElasticGroup group = elastic(3, "a");
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    Membership b = opened(group.join("b", options(), order.handler("b")));
    publish(10, 1, 2);
    order.await(10, 2, PATIENCE);
    assertThat(order.handlers()).containsExactly("a");
    group.setMemberMappings(MemberMapping.of("b", 2, 0, 1));
    awaitPhase(a, Phase.OUTSIDE);
    publish(10, 3, 4);
    order.await(10, 4, PATIENCE);
    assertThat(b.state().partitions()).containsExactly(2, 0, 1);
    assertThat(order.handlers()).containsExactlyInAnyOrder("a", "b");
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void whatCannotBeJoinedIsRefused() {
    ElasticGroup group = elastic(2, "a");
    JoinOptions unsettled =
        JoinOptions.builder()
            .consumer(Consumers.ephemeral().ackPolicy(AckPolicy.NONE).build())
            .build();
    assertThatThrownBy(() -> group.join("a", unsettled, message -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ack_policy");
    assertThatThrownBy(() -> group.join("a.b", options(), message -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a.b'");
    js.deleteStream(name + "-" + GROUP);
    assertThatThrownBy(() -> group.join("a", options(), message -> {}))
        .isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void toDeleteTheGroupEndsItForMembersAndOthers() throws Exception {
    ElasticGroup group = elastic(2, "a");
    Membership a = opened(group.join("a", options(), message -> {}));
    Membership b = opened(group.join("b", options(), message -> {}));
    ElasticGroup.delete(js, name, GROUP);
    MembershipEnd deleted = new MembershipEnd.GroupDeleted();
    assertThat(a.closed().get(20, TimeUnit.SECONDS)).isEqualTo(deleted);
    assertThat(b.closed().get(20, TimeUnit.SECONDS)).isEqualTo(deleted);
  }

  @Test
  void aStreamThatIsDeletedEndsIt() throws Exception {
    ElasticGroup group = elastic(2, "a");
    Membership a = opened(group.join("a", options(), message -> {}));
    js.deleteStream(group.consumedName());
    assertThat(a.closed().get(20, TimeUnit.SECONDS))
        .isInstanceOf(MembershipEnd.ConsumptionEnded.class);
  }

  @Test
  void otherPartitionsEndIt() throws Exception {
    ElasticGroup group = elastic(2, "a");
    Membership a = opened(group.join("a", options(), message -> {}));
    byte[] json = new String(group.entry().value(), UTF_8).replace(":2,", ":3,").getBytes(UTF_8);
    group.bucket().find(js).orElseThrow().put(group.key(), json);
    assertThat(a.closed().get(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            MembershipEnd.GroupChanged.class,
            end -> assertThat(end.now().maxMembers()).isEqualTo(3));
  }

  @Test
  void aConsumerWithOtherFiltersIsReplacedAndOneOfOtherOptionsWaitedFor() throws Exception {
    ElasticGroup group = elastic(2, "a");
    publish(4, 1, 1);
    group
        .consumed()
        .createConsumer(Consumers.named("a", Duration.ofMinutes(1)).filterSubject("1.>").build());
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    order.await(4, 1, PATIENCE);
    assertThat(group.consumed().consumer("a").info().config().filters())
        .containsExactly("0." + name + ".*", "1." + name + ".*");

    JoinOptions others = JoinOptions.builder().maxAckPending(7).workers(workers).build();
    Membership other = opened(group.join("a", others, order.handler("other")));
    awaitState(other, state -> state.phase() == Phase.WAITING && state.lastFailure() != null);
    publish(4, 2, 2);
    order.await(4, 2, PATIENCE);
    assertThat(order.handlers()).containsExactly("a");
    a.close();
    publish(4, 3, 3);
    order.await(4, 3, PATIENCE);
    assertThat(group.consumed().consumer("a").info().config().maxAckPending()).isEqualTo(7);
    assertThat(order.faults()).isEmpty();
  }

  @Test
  void partitionsThatAnotherConsumerHasAreWaitedFor() {
    ElasticGroup group = elastic(2, "a");
    ConsumerConfig.Builder foreign = Consumers.durable("foreign").filterSubject("0.>");
    group.consumed().createConsumer(foreign.build());
    KeyOrder order = new KeyOrder();
    Membership a = opened(group.join("a", options(), order.handler("a")));
    publish(4, 1, 1);
    awaitState(
        a,
        state ->
            state.phase() == Phase.WAITING
                && state.lastFailure() instanceof ApiException refusal
                && refusal.errCode() == 10100);
    group.consumed().deleteConsumer("foreign");
    order.await(4, 1, PATIENCE);
    awaitState(a, state -> state.lastFailure() == null);
  }

  @Test
  void whatCannotBeginToConsumeHasNotJoined() {
    ElasticGroup group = elastic(2, "a");
    assertThatThrownBy(
            () ->
                group.join(
                    "a",
                    options(),
                    (consumer, pulls) -> {
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no");
  }

  @Test
  void somebodyElseMayDoTheConsuming() throws Exception {
    ElasticGroup group = elastic(2, "a");
    List<String> seen = new ArrayList<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    Membership a =
        opened(
            group.join(
                "a",
                options(),
                (consumer, pulls) ->
                    consumer.consume(
                        pulls.maxMessages(1).stopAfter(2).build(),
                        message -> {
                          seen.add(message.subject());
                          message.ack();
                          if (seen.size() == 2) {
                            second.complete(GroupMessage.of(message).subject());
                          }
                        })));
    publish(1, 1, 2);
    assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(name + ".k0");
    assertThat(a.closed().get(20, TimeUnit.SECONDS))
        .isInstanceOf(MembershipEnd.ConsumptionEnded.class);
    assertThat(seen).allMatch(subject -> subject.matches("[01]\\." + name + "\\.k0"));
  }
}
