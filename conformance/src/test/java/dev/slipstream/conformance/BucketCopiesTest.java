// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Mirrors of buckets and buckets with sources that the public Go client made are read, and written
 * through, by ours, and the other way; on both servers, within an account and across accounts.
 */
class BucketCopiesTest {
  private static final String THEIR_API = "their.api";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Tools tools = Tools.find();
  private final ForeignProgram go = ForeignProgram.all(tools.foreign()).get(0);

  @BeforeEach
  void programsAreThere() {
    tools.missing().ifPresent(ForeignPrograms::absent);
    if (!go.isBuilt()) {
      ForeignPrograms.absent("the go program is not built");
    }
  }

  @Test
  void onThePublicServerBothSeeTheSame() throws IOException {
    try (ServerProcess server = tools.startPublic(tools.configuration("copies"))) {
      check(server);
    }
  }

  @Test
  void onOurServerBothSeeTheSame() throws IOException {
    try (ServerProcess server = tools.startOurs(tools.configuration("copies"))) {
      check(server);
    }
  }

  private void check(ServerProcess server) throws IOException {
    go.buckets(server.url(), "write-copies");
    try (NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = client.jetStream();
      JetStream theirs = client.jetStream(JetStreamOptions.defaults().prefix(THEIR_API));
      KeyValue home = KeyValue.open(js, "home");
      KeyValue origin = KeyValue.open(theirs, "origin");
      copiesOfTheirs(js, home, origin);
      copiesForThem(js, theirs);
      assertThat(go.buckets(server.url(), "read-copies"))
          .containsExactly(
              "java-far entry 1 PUT o 31",
              "java-far entry 2 PUT b 66617232",
              "java-sourced entry 1 PUT o 31",
              "java-sourced entry 2 PUT b 66617232");
      assertThat(KeyValue.open(theirs, "java-origin").history("c"))
          .extracting(KeyValueEntry::text)
          .containsExactly("go far");
      assertThat(KeyValue.open(js, "java-home").history("c"))
          .extracting(KeyValueEntry::text)
          .containsExactly("go near");
    }
  }

  /** That a bucket can be created again says that both clients give it the same configuration. */
  private static void copiesOfTheirs(JetStream js, KeyValue home, KeyValue origin) {
    KeyValue near = create(js, mirror("near", StreamSource.of("home")));
    KeyValue far = create(js, mirror("far", external("origin")));
    KeyValueConfig.Builder both =
        KeyValueConfig.builder("sourced").source("home").source(external("origin"));
    KeyValue sourced = create(js, both);
    assertThat(near.put("c", "near")).isEqualTo(3);
    assertThat(far.put("c", "far")).isEqualTo(3);
    assertThat(far.update("c", "far 2".getBytes(UTF_8), 3)).isEqualTo(4);
    far.delete("b");
    awaitRevision(near, 3);
    awaitRevision(far, 5);
    awaitRevision(sourced, 8);
    assertThat(lines(home)).isEqualTo(lines(near));
    assertThat(lines(origin)).isEqualTo(lines(far));
    assertThat(lines(near)).containsExactly("PUT h 1", "PUT b near", "PUT c near");
    assertThat(lines(far))
        .containsExactly("PUT o 1", "PUT b far", "PUT c far", "PUT c far 2", "DELETE b ");
    assertThat(far.keys()).containsExactly("o", "c");
    assertThat(far.get("c")).map(KeyValueEntry::text).contains("far 2");
    assertThat(far.get("b")).isEmpty();
    assertThat(near.get("b")).map(KeyValueEntry::text).contains("near");
    assertThat(lines(sourced))
        .containsAll(lines(near))
        .containsAll(lines(far).subList(2, 5)); // of b they keep three changes together
  }

  private static void copiesForThem(JetStream js, JetStream theirs) {
    KeyValue.create(theirs, KeyValueConfig.builder("java-origin").history(3).build()).put("o", "1");
    KeyValue.create(js, KeyValueConfig.builder("java-home").history(3).build());
    create(js, mirror("java-near", StreamSource.of("java-home")));
    KeyValue far = create(js, mirror("java-far", external("java-origin")));
    far.put("b", "far2");
    awaitRevision(far, 2);
    KeyValueConfig.Builder sourced =
        KeyValueConfig.builder("java-sourced").source(external("java-origin"));
    awaitRevision(create(js, sourced), 2);
  }

  private static KeyValue create(JetStream js, KeyValueConfig.Builder config) {
    return KeyValue.create(js, config.history(3).build());
  }

  private static KeyValueConfig.Builder mirror(String bucket, StreamSource of) {
    return KeyValueConfig.builder(bucket).mirrorOf(of);
  }

  private static StreamSource external(String bucket) {
    return StreamSource.of(bucket).external(new ExternalStream(THEIR_API, "sync"));
  }

  private static List<String> lines(KeyValue bucket) {
    return bucket.history().stream()
        .map(each -> each.operation() + " " + each.key() + " " + each.text())
        .toList();
  }

  private static void awaitRevision(KeyValue bucket, long revision) {
    Eventually.holds(PATIENCE, bucket::info, () -> bucket.info().state().lastSeq() >= revision);
  }
}
