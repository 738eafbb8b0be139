// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.testkit.SharedServer;
import dev.slipstream.worker.Workers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server for the tests of a class, the public one or that of the system property {@code
 * slipstream.client.server}; a client, workers and a stream for each test.
 */
@SuppressWarnings("NullAway.Init")
abstract class GroupFixture {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final String GROUP = "G";

  @RegisterExtension static final SharedServer SERVER = new SharedServer(GroupFixture::start);

  final Workers workers = Workers.create();
  final List<AutoCloseable> opened = new ArrayList<>();
  NatsClient client;
  JetStream js;
  String name;

  private static ServerProcess start() {
    String given = System.getProperty("slipstream.client.server", "").strip();
    return given.isEmpty()
        ? ServerProcess.natsServer().jetStream().start()
        : ServerProcess.commandLine(List.of(given.split("\\s+"))).start();
  }

  @BeforeEach
  void connect(TestInfo test) {
    client = client(SERVER.url());
    js = client.jetStream();
    name = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    workers.close();
    ElasticGroup.delete(js, name, GROUP);
    StaticGroup.delete(js, name, GROUP);
    js.deleteStream(name);
    client.close();
  }

  static NatsClient client(String url) {
    return NatsClient.connect(
        ClientOptions.builder()
            .servers(url)
            .reconnectDelay(Duration.ofMillis(10), Duration.ofMillis(100))
            .build());
  }

  <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }

  /** A stream of {@code <name>.*}; with partitions they stand before its subjects. */
  void createStream(int partitions) {
    StreamConfig.Builder stream =
        StreamConfig.builder(name).subjects(name + ".*").storage(StorageType.MEMORY);
    if (partitions > 0) {
      String destination = PartitioningFilter.of(name + ".*", 1).destination(partitions);
      stream.subjectTransform(new SubjectTransform(name + ".*", destination));
    }
    js.createStream(stream.build());
  }

  ElasticGroup elastic(int partitions, String... members) {
    createStream(0);
    return ElasticGroup.create(
        js,
        name,
        GROUP,
        ElasticGroupConfig.of(partitions, PartitioningFilter.of(name + ".*", 1))
            .members(List.of(members)));
  }

  StaticGroup fixed(int partitions, String... members) {
    createStream(partitions);
    return StaticGroup.create(js, name, GROUP, StaticGroupConfig.balanced(partitions, members));
  }

  JoinOptions options() {
    return options(Duration.ofSeconds(2));
  }

  JoinOptions options(Duration ackWait) {
    return JoinOptions.builder().ackWait(ackWait).workers(workers).build();
  }

  /** Publishes the numbers {@code from} to {@code to} for each key. */
  void publish(int keys, int from, int to) {
    for (int number = from; number <= to; number++) {
      for (int key = 0; key < keys; key++) {
        js.publishAsync(
            name + ".k" + key, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
      }
    }
    js.awaitPublished(PATIENCE);
  }

  static void awaitState(Membership membership, Predicate<MembershipState> expected) {
    Eventually.holds(PATIENCE, membership::state, () -> expected.test(membership.state()));
  }

  static void awaitPhase(Membership membership, MembershipState.Phase phase) {
    awaitState(membership, state -> state.phase() == phase);
  }
}
