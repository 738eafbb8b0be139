// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Buckets in another domain than the client's server: a leaf node, {@code EDGE}, of a server whose
 * domain is {@code HUB}. Both are the public server, since leaf nodes are its.
 */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class DomainBucketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final JetStreamOptions IN_HUB = JetStreamOptions.defaults().domain("HUB");

  private static ServerProcess hub;
  private static ServerProcess edge;

  @BeforeAll
  static void startServers() throws Exception {
    int port = ServerProcess.freePort();
    hub =
        ServerProcess.natsServer()
            .jetStream()
            .configuration(
                """
                jetstream { domain: HUB }
                leafnodes { listen: "127.0.0.1:%d" }
                """
                    .formatted(port))
            .start();
    edge =
        ServerProcess.natsServer()
            .jetStream()
            .configuration(
                """
                jetstream { domain: EDGE }
                leafnodes { remotes: [ { url: "nats://127.0.0.1:%d" } ] }
                """
                    .formatted(port))
            .start();
    try (NatsClient client = NatsClient.connect(edge.url())) {
      awaitHub(client.jetStream(IN_HUB.timeout(Duration.ofMillis(200))));
    }
  }

  /** The leaf node connects when its server has told that it is ready. */
  private static void awaitHub(JetStream inHub) throws Exception {
    Eventually.succeeds(PATIENCE, inHub::account);
  }

  @AfterAll
  static void stopServers() {
    edge.close();
    hub.close();
  }

  @Test
  void mirrorOfABucketInAnotherDomainIsReadHereAndWrittenThere() {
    try (NatsClient atHub = NatsClient.connect(hub.url());
        NatsClient atEdge = NatsClient.connect(edge.url())) {
      KeyValue origin = KeyValue.create(atHub.jetStream(), KeyValueConfig.of("orders"));
      origin.put("a", "1");
      KeyValueConfig config =
          KeyValueConfig.builder("here")
              .mirrorOf(StreamSource.of("orders").external(ExternalStream.domain("HUB")))
              .build();
      KeyValue mirror = KeyValue.create(atEdge.jetStream(), config);
      await(mirror, 1);
      assertThat(mirror.get("a")).map(KeyValueEntry::text).contains("1");
      assertThat(mirror.put("b", "2")).isEqualTo(2);
      assertThat(origin.history("b")).extracting(KeyValueEntry::text).containsExactly("2");
      mirror.delete("a");
      await(mirror, 3);
      assertThat(mirror.keys()).containsExactly("b");
      assertThat(KeyValue.open(atEdge.jetStream(), "here").update("b", new byte[] {'3'}, 2))
          .isEqualTo(4);
      assertThat(origin.history("b")).extracting(KeyValueEntry::text).containsExactly("3");
      assertThat(KeyValue.buckets(atEdge.jetStream())).contains("here").doesNotContain("orders");
    }
  }

  @Test
  void bucketOfAnotherDomainIsReadAndWrittenThroughItsApi() {
    try (NatsClient atHub = NatsClient.connect(hub.url());
        NatsClient atEdge = NatsClient.connect(edge.url())) {
      KeyValue there = KeyValue.create(atHub.jetStream(), KeyValueConfig.of("there"));
      // one of the same name, which takes what is not sent to the domain
      KeyValue here = KeyValue.create(atEdge.jetStream(), KeyValueConfig.of("there"));
      KeyValue far = KeyValue.open(atEdge.jetStream(IN_HUB), "there");
      assertThat(far.create("a", new byte[] {'1'})).isEqualTo(1);
      assertThat(far.put("a", "2")).isEqualTo(2);
      assertThat(far.get("a")).map(KeyValueEntry::text).contains("2");
      assertThat(far.keys()).containsExactly("a");
      assertThat(there.get("a")).map(KeyValueEntry::text).contains("2");
      assertThat(here.status().values()).isZero();
    }
  }

  private static void await(KeyValue mirror, long revision) {
    Eventually.holds(PATIENCE, mirror::info, () -> mirror.info().state().lastSeq() >= revision);
  }
}
