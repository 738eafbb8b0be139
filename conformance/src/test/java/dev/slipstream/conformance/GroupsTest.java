// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.worker.Workers;
import dev.slipstream.worker.groups.ElasticGroup;
import dev.slipstream.worker.groups.ElasticGroupConfig;
import dev.slipstream.worker.groups.JoinOptions;
import dev.slipstream.worker.groups.MemberMapping;
import dev.slipstream.worker.groups.Membership;
import dev.slipstream.worker.groups.MembershipEnd;
import dev.slipstream.worker.groups.PartitioningFilter;
import dev.slipstream.worker.groups.StaticGroup;
import dev.slipstream.worker.groups.StaticGroupConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Partitioned groups of our client and of the public Go client, on the public server and on ours:
 * each finds and changes what the other made, and both work in one group, as members and as
 * instances of a member.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int KEYS = 12;
  private static final PartitioningFilter FILTER = PartitioningFilter.of("s.*", 1);

  private final Tools tools = Tools.find();
  private final ForeignProgram go = ForeignProgram.all(tools.foreign()).get(0);

  @BeforeEach
  void programsAreThere() {
    tools.missing().ifPresent(ForeignPrograms::absent);
    if (!go.isBuilt()) {
      ForeignPrograms.absent("the go program is not built");
    }
  }

  /** A server with a client, workers, and a stream {@code s} of {@code s.*}. */
  private final class Setting implements AutoCloseable {
    final ServerProcess server;
    final NatsClient client;
    final JetStream js;
    final Workers workers = Workers.create();
    final GroupRecord record = new GroupRecord();
    final JoinOptions options =
        JoinOptions.builder().ackWait(Duration.ofSeconds(2)).workers(workers).build();

    Setting(String where, int partitions) {
      server = where.equals("ours") ? tools.startOurs() : tools.startPublic();
      client = NatsClient.connect(server.url());
      js = client.jetStream();
      StreamConfig.Builder stream = StreamConfig.builder("s").subjects("s.*");
      if (partitions > 0) {
        String destination = "{{partition(" + partitions + ",1)}}.s.{{wildcard(1)}}";
        stream.subjectTransform(new SubjectTransform("s.*", destination));
      }
      js.createStream(stream.build());
    }

    List<String> go(String... what) throws IOException {
      return go.groups(server.url(), what);
    }

    GoMember goMember(String kind, String member) throws Exception {
      return GoMember.join(go, server.url(), record, kind, "s", "g", member);
    }

    void publish(int from, int to) {
      for (int number = from; number <= to; number++) {
        for (int key = 0; key < KEYS; key++) {
          js.publishAsync("s.k" + key, Integer.toString(number).getBytes(UTF_8));
        }
      }
      js.awaitPublished(PATIENCE);
    }

    void publishAndAwait(int from, int to) {
      publish(from, to);
      record.await(KEYS, to, PATIENCE);
    }

    String stored(String kind, String group) {
      return KeyValue.open(js, kind + "-consumer-groups").get("s." + group).orElseThrow().text();
    }

    @Override
    public void close() {
      workers.close();
      client.close();
      server.close();
    }
  }

  @Test
  void theVectorsOfTheWorkerModuleAreWhatGoComputes() throws IOException {
    Path vectors =
        tools
            .foreign()
            .resolve("../../worker/src/test/resources/dev/slipstream/worker/groups/partitions.txt");
    assertThat(Files.readAllLines(vectors)).isEqualTo(go.groups("", "vectors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void eachReadsTheStaticGroupsOfTheOther(String where) throws IOException {
    try (Setting at = new Setting(where, 4)) {
      at.go("create-static", "s", "go", "4", "s.*,s.>", "b,a");
      StaticGroupConfig config = StaticGroupConfig.balanced(4, "b", "a").filters("s.*", "s.>");
      assertThat(StaticGroup.find(at.js, "s", "go").orElseThrow().config()).isEqualTo(config);
      StaticGroup.create(at.js, "s", "go", config);

      StaticGroupConfig mapped =
          StaticGroupConfig.mapped(3, MemberMapping.of("x", 2, 0), MemberMapping.of("y", 1));
      StaticGroup.create(at.js, "s", "java", mapped);
      at.go("create-static", "s", "java", "3", "", "", "x:2,0;y:1");
      assertThat(at.go("show", "s", "java", "static"))
          .containsExactly(at.stored("static", "java"), "[go java]", "[]");
      assertThat(StaticGroup.list(at.js, "s")).containsExactly("go", "java");
      at.go("delete-static", "s", "java");
      assertThat(StaticGroup.find(at.js, "s", "java")).isEmpty();
      assertThat(StaticGroup.delete(at.js, "s", "go")).isTrue();
      assertThatThrownBy(() -> at.go("show", "s", "go", "static"))
          .hasMessageContaining("not found");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void eachReadsAndChangesTheElasticGroupsOfTheOther(String where) throws IOException {
    try (Setting at = new Setting(where, 0)) {
      at.go("create-elastic", "s", "go", "4", "s.*:1");
      ElasticGroupConfig config = ElasticGroupConfig.of(4, FILTER);
      ElasticGroup theirs = ElasticGroup.create(at.js, "s", "go", config);
      assertThat(theirs.config()).isEqualTo(config);
      theirs.addMembers("b", "a");
      assertThat(at.go("show", "s", "go", "elastic"))
          .containsExactly(at.stored("elastic", "go"), "[go]", "[]");
      at.go("drop", "s", "go", "b");
      assertThat(theirs.members()).containsExactly("a");

      ElasticGroup ours =
          ElasticGroup.create(
              at.js, "s", "java", ElasticGroupConfig.of(3, PartitioningFilter.of("s.>")));
      at.go("create-elastic", "s", "java", "3", "s.>:");
      at.go("map", "s", "java", "x:2,0;y:1");
      assertThat(ours.config().mappings())
          .containsExactly(MemberMapping.of("x", 2, 0), MemberMapping.of("y", 1));
      assertThat(at.go("show", "s", "java", "elastic").get(0))
          .isEqualTo(at.stored("elastic", "java"));
      ours.setMemberMappings(MemberMapping.of("z", 0, 1, 2));
      assertThat(at.go("show", "s", "java", "elastic"))
          .containsExactly(at.stored("elastic", "java"), "[go java]", "[]");
      at.go("unmap", "s", "java");
      at.go("add", "s", "java", "m");
      assertThat(ours.members()).containsExactly("m");

      ElasticGroup.create(at.js, "s", "all", ElasticGroupConfig.of(2));
      at.go("create-elastic", "s", "all", "2");
      at.go("delete-elastic", "s", "java");
      assertThat(ElasticGroup.find(at.js, "s", "java")).isEmpty();
      assertThat(ElasticGroup.list(at.js, "s")).containsExactly("all", "go");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void membersOfBothShareAStaticGroup(String where) throws Exception {
    try (Setting at = new Setting(where, 5)) {
      StaticGroup group =
          StaticGroup.create(at.js, "s", "g", StaticGroupConfig.balanced(5, "a", "b"));
      try (Membership java = group.join("a", at.options, at.record.handler("java a"));
          GoMember theirs = at.goMember("static", "b")) {
        at.publishAndAwait(1, 10);
        assertThat(at.record.handlers()).containsExactlyInAnyOrder("java a", "go b");
        assertThat(at.go("show", "s", "g", "static")).last().isEqualTo("[a b]");
        assertThat(group.activeMembers()).containsExactly("a", "b");
        assertThat(at.record.again()).isZero();

        // an instance of the other's member each, and then those that were served go
        Membership standby = group.join("b", at.options, at.record.handler("java b"));
        GoMember theirStandby = at.goMember("static", "a");
        at.publishAndAwait(11, 12);
        theirs.kill();
        at.publishAndAwait(13, 20);
        java.close();
        at.publishAndAwait(21, 30);
        assertThat(at.record.handlers())
            .containsExactlyInAnyOrder("java a", "go b", "java b", "go a");
        assertThat(at.record.faults()).isEmpty();

        StaticGroup.delete(at.js, "s", "g");
        assertThat(standby.closed().get(20, TimeUnit.SECONDS))
            .isEqualTo(new MembershipEnd.GroupDeleted());
        assertThat(theirStandby.lastWords()).isEqualTo("@done <nil>");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void membersOfBothShareAnElasticGroupThatChanges(String where) throws Exception {
    try (Setting at = new Setting(where, 0)) {
      at.go("create-elastic", "s", "g", "5", "s.*:1");
      ElasticGroup group = ElasticGroup.find(at.js, "s", "g").orElseThrow();
      try (Membership a = group.join("a", at.options, at.record.handler("java a"));
          Membership c = group.join("c", at.options, at.record.handler("java c"));
          GoMember b = at.goMember("elastic", "b")) {
        group.addMembers("a", "b");
        at.publishAndAwait(1, 10);
        assertThat(at.record.handlers()).containsExactlyInAnyOrder("java a", "go b");
        assertThat(at.go("show", "s", "g", "elastic")).last().isEqualTo("[a b]");
        at.publish(11, 40);
        at.go("add", "s", "g", "c");
        at.publishAndAwait(41, 50);
        at.publish(51, 70);
        group.deleteMembers("b");
        at.publishAndAwait(71, 80);
        at.publish(81, 90);
        at.go("drop", "s", "g", "a");
        group.addMembers("b");
        at.publishAndAwait(91, 110);
        assertThat(c.state().partitions()).isNotEmpty();
        assertThat(a.state().partitions()).isEmpty();
        assertThat(at.record.handlers()).containsExactlyInAnyOrder("java a", "go b", "java c");
        assertThat(at.record.faults()).isEmpty();
        assertThat(b.stop()).isEqualTo("@stopped <nil>");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void instancesOfBothStandByForEachOtherInAnElasticGroup(String where) throws Exception {
    try (Setting at = new Setting(where, 0)) {
      ElasticGroup group =
          ElasticGroup.create(
              at.js, "s", "g", ElasticGroupConfig.of(3, FILTER).members(List.of("a")));
      GoMember first = at.goMember("elastic", "a");
      at.publishAndAwait(1, 2);
      Membership second = group.join("a", at.options, at.record.handler("java a"));
      at.publishAndAwait(3, 4);
      assertThat(at.record.handlers()).containsExactly("go a");
      first.kill();
      at.publishAndAwait(5, 10);
      assertThat(at.record.handlers()).containsExactlyInAnyOrder("go a", "java a");
      long again = at.record.again();
      try (GoMember third = at.goMember("elastic", "a")) {
        second.close();
        at.publishAndAwait(11, 20);
        assertThat(third.stop()).isEqualTo("@stopped <nil>");
      }
      assertThat(at.record.again()).isEqualTo(again);
      assertThat(at.record.faults()).isEmpty();
    }
  }
}
