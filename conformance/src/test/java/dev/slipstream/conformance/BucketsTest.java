// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectLink;
import dev.slipstream.client.bucket.ObjectMeta;
import dev.slipstream.client.bucket.ObjectStore;
import dev.slipstream.client.bucket.ObjectStoreConfig;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.testkit.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Buckets that the public Go client wrote are read, and continued, by ours, and the other way. */
class BucketsTest extends GoOnBothServers {
  private static final Map<String, String> METADATA = Map.of("a", "b");

  @Override
  void check(ServerProcess server) throws IOException {
    assertThat(go.buckets(server.url(), "write")).isEmpty();
    try (NatsClient client = NatsClient.connect(server.url())) {
      keys(client.jetStream());
      objects(client.jetStream());
    }
    assertThat(go.buckets(server.url(), "read"))
        .containsExactly(
            "go 1 KeyValuePutOp a.key \"from go\"",
            "rich 1 KeyValuePutOp x \"1\"",
            "rich 2 KeyValuePutOp x \"2\"",
            "rich 3 KeyValueDeleteOp x \"\"",
            "rich 5 KeyValuePurgeOp y \"\"",
            "rich 6 KeyValuePutOp x \"three\"",
            "java 1 KeyValuePutOp k \"1\"",
            "java 2 KeyValuePutOp k \"2\"",
            "java 4 KeyValuePurgeOp gone \"\"",
            "java 5 KeyValueDeleteOp k \"\"",
            "java 6 KeyValuePutOp l \"3\"",
            "go gone 0 in 0, deleted true, \"\" map[] map[]",
            "go link 0 in 0, deleted false, \"\" map[] map[], 7 bytes",
            "go large/ä 7 in 1, deleted false, \"\" map[] map[], 7 bytes",
            "java j ä 12345 in 13, deleted false, \"d\" map[K:[1 2]] map[q:r], 12345 bytes",
            "java empty 0 in 0, deleted false, \"\" map[] map[], 0 bytes",
            "java dead 0 in 0, deleted true, \"\" map[] map[]",
            "java l 0 in 0, deleted false, \"\" map[] map[], 12345 bytes");
  }

  /** That a bucket can be created again says that both clients give it the same configuration. */
  private static void keys(JetStream js) {
    KeyValue plain = KeyValue.create(js, KeyValueConfig.of("go"));
    assertThat(plain.keys()).containsExactly("a.key");
    assertThat(plain.get("a.key")).map(KeyValueEntry::text).contains("from go");
    KeyValueConfig config =
        KeyValueConfig.builder("rich")
            .description("d")
            .history(5)
            .timeToLive(Duration.ofMinutes(1))
            .maxBytes(100_000)
            .maxValueBytes(1000)
            .compressed(true)
            .markerTimeToLive(Duration.ofSeconds(1))
            .storage(StorageType.MEMORY)
            .metadata(METADATA)
            .build();
    KeyValue rich = KeyValue.create(js, config);
    assertThat(rich.history("x"))
        .extracting(each -> each.operation() + each.text())
        .containsExactly("PUT1", "PUT2", "DELETE");
    assertThat(rich.history("y"))
        .extracting(each -> "" + each.operation())
        .containsExactly("PURGE");
    rich.create("x", bytes("three"));
    KeyValue own = KeyValue.create(js, KeyValueConfig.builder("java").history(3).build());
    own.put("k", bytes("1"));
    own.put("k", bytes("2"));
    own.put("gone", bytes("x"));
    own.purge("gone");
    own.delete("k");
    own.put("l", bytes("3"));
  }

  private static void objects(JetStream js) throws IOException {
    ObjectStore plain = ObjectStore.create(js, ObjectStoreConfig.of("go"));
    assertThat(plain.list()).extracting(ObjectInfo::name).containsExactly("large/ä", "link");
    assertThat(plain.info("large/ä").orElseThrow().meta())
        .isEqualTo(
            ObjectMeta.of("large/ä")
                .description("d")
                .headers(Map.of("K", List.of("1", "2")))
                .metadata(Map.of("m", "n")));
    assertThat(plain.info("link").orElseThrow().link()).isEqualTo(new ObjectLink("go", "large/ä"));
    assertThat(plain.get("link")).isEqualTo(bytes("x".repeat(300_000)));
    ObjectStore.create(
        js,
        ObjectStoreConfig.builder("rich")
            .description("d")
            .timeToLive(Duration.ofMinutes(1))
            .maxBytes(100_000)
            .storage(StorageType.MEMORY)
            .compressed(true)
            .metadata(METADATA)
            .build());
    ObjectStore own = ObjectStore.create(js, ObjectStoreConfig.of("java"));
    ObjectMeta meta =
        ObjectMeta.of("j ä")
            .description("d")
            .headers(Map.of("K", List.of("1", "2")))
            .metadata(Map.of("q", "r"))
            .chunkBytes(1000);
    ObjectInfo stored = own.put(meta, new ByteArrayInputStream(new byte[12_345]));
    own.put("empty", new byte[0]);
    own.put("dead", new byte[9]);
    own.delete("dead");
    own.addLink("l", stored);
    plain.put("large/ä", new byte[7]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
