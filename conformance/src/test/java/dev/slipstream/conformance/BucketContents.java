// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyValueEntry.Operation;
import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectMeta;
import dev.slipstream.client.bucket.ObjectStore;
import dev.slipstream.client.bucket.ObjectStoreConfig;
import dev.slipstream.testkit.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the foreign programs write into buckets and print of them, written and printed by ours. */
final class BucketContents {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration KEY_LIFE = Duration.ofSeconds(2);
  private static final Duration MARK_LIFE = Duration.ofMinutes(1);

  /** What every client prints of what any client wrote. */
  static final List<String> KEYS =
      List.of(
          "entry 1 PUT a.b 31",
          "entry 2 PUT a.b 32",
          "entry 3 DELETE a.b ",
          "entry 4 PUT empty ",
          "entry 5 PUT x/y_z=1-2 c3bc",
          "entry 6 PUT bytes 00010a0dff",
          "entry 8 PURGE gone ",
          "entry 9 PUT new 31",
          "entry 10 PUT new 32",
          "entry 11 PUT a.b 33",
          "get a.b 33",
          "get bytes 00010a0dff",
          "get empty ",
          "get new 32",
          "get x/y_z=1-2 c3bc",
          "entry 2 PUT long 6c",
          "entry 4 PURGE purged ",
          "entry 5 PURGE short ");

  static final String DELETED_OBJECT = "object dead: 0 in 0, deleted true, [] [] ";

  /** What every client prints of the objects that any client wrote. */
  static final List<String> OBJECTS =
      List.of(
          "object empty: 0 in 0, deleted false, [] []"
              + " SHA-256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=, as written true",
          "object a b: 131072 in 1, deleted false, [] []"
              + " SHA-256=3vK4dqjLhTQ0Vv72-B0gH3TabvmVYpu88pNhRASLFi4=, as written true",
          "object größe/ü 1: 131073 in 2, deleted false, [d] [1,2]"
              + " SHA-256=mr_igyIYW1Kcbl76w6W5KbgJ_MujbiMTAk1X8Ew6RDk=, as written true",
          "object deep/er/x.bin: 3145728 in 24, deleted false, [] []"
              + " SHA-256=Z5m5aVpVKp5fGkbAclQAfTnTFgzHOyHn-05Zui5exoE=, as written true",
          DELETED_OBJECT,
          "object again: 30 in 1, deleted false, [] []"
              + " SHA-256=_xbDTCtMyuqjfawCAE68_rBTUeOSoriSRtonDvMytLQ=, as written true",
          "object one: 1 in 1, deleted false, [changed] []"
              + " SHA-256=nR4OLZRZ0GUjrRPiikCTwjFrqv567Fsl8w66LhE1mcQ=, as written true");

  /** What those print, too, that can rename objects and make links. */
  static final List<String> RENAMED_AND_LINKS =
      List.of(
          "object renamed: 5 in 1, deleted false, [] []"
              + " SHA-256=MAKBcQiH597PtQ-Y9F3BtBgO1pRShoPUNxDZuTF7c80=, as written true",
          "object link: 0 in 0, deleted false, [] [] , link to a b",
          "object link to all: 0 in 0, deleted false, [] [] , link to ");

  private final JetStream js;

  BucketContents(JetStream js) {
    this.js = js;
  }

  /** What an object of that many bytes is made of. */
  static byte[] pattern(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) ((i * 7 + 13) % 251);
    }
    return content;
  }

  void fill(String bucket) throws IOException {
    KeyValue kv = KeyValue.create(js, KeyValueConfig.builder(bucket).history(5).build());
    kv.put("a.b", "1");
    kv.put("a.b", "2");
    kv.delete("a.b");
    kv.put("empty", "");
    kv.put("x/y_z=1-2", "ü");
    kv.put("bytes", new byte[] {0, 1, 10, 13, -1});
    kv.put("gone", "x");
    kv.purge("gone");
    long revision = kv.create("new", "1".getBytes(UTF_8));
    kv.update("new", "2".getBytes(UTF_8), revision);
    kv.create("a.b", "3".getBytes(UTF_8));

    KeyValueConfig timing =
        KeyValueConfig.builder(bucket + "-timed").markerTimeToLive(MARK_LIFE).build();
    KeyValue timed = KeyValue.create(js, timing);
    timed.create("short", "s".getBytes(UTF_8), KEY_LIFE);
    timed.put("long", "l");
    timed.put("purged", "p");
    timed.purge("purged", MARK_LIFE);
    fillObjects(ObjectStore.create(js, ObjectStoreConfig.of(bucket)));
  }

  private static void fillObjects(ObjectStore store) throws IOException {
    store.put("empty", pattern(0));
    store.put("one", pattern(1));
    store.put("a b", pattern(128 << 10));
    store.put(
        ObjectMeta.of("größe/ü 1").description("d").headers(Map.of("K", List.of("1", "2"))),
        new ByteArrayInputStream(pattern((128 << 10) + 1)));
    store.put("deep/er/x.bin", pattern(3 << 20));
    store.put("dead", pattern(10));
    store.delete("dead");
    store.put("again", pattern(20));
    store.put("again", pattern(30));
    store.updateMeta("one", ObjectMeta.of("one").description("changed"));
    store.put("old", pattern(5));
    store.updateMeta("old", ObjectMeta.of("renamed"));
    store.addLink("link", store.info("a b").orElseThrow());
    store.addBucketLink("link to all", store.bucket());
  }

  /** The lines of the buckets of keys. */
  List<String> keys(String bucket) {
    List<String> lines = new ArrayList<>();
    KeyValue kv = KeyValue.open(js, bucket);
    kv.history().forEach(each -> lines.add(line(each)));
    for (String key : kv.keys().stream().sorted().toList()) {
      lines.add("get " + key + " " + hex(kv.get(key).orElseThrow()));
    }
    KeyValue timed = KeyValue.open(js, bucket + "-timed");
    Eventually.holds(
        PATIENCE,
        timed::history,
        () -> timed.history().stream().anyMatch(BucketContents::hasEnded));
    timed.history().forEach(each -> lines.add(line(each)));
    assertThat(timed.get("short")).isEmpty();
    return lines;
  }

  private static boolean hasEnded(KeyValueEntry entry) {
    return entry.key().equals("short") && entry.operation() == Operation.PURGE;
  }

  static String line(KeyValueEntry entry) {
    return "entry %d %s %s %s"
        .formatted(entry.revision(), entry.operation(), entry.key(), hex(entry));
  }

  private static String hex(KeyValueEntry entry) {
    return HexFormat.of().formatHex(entry.value());
  }

  /** The lines of the bucket of objects. */
  List<String> objects(String bucket) {
    ObjectStore store = ObjectStore.open(js, bucket);
    return store.listWithDeleted().stream().map(info -> line(info) + content(store, info)).toList();
  }

  static String line(ObjectInfo info) {
    List<String> headers = info.meta().headers().getOrDefault("K", List.of());
    return "object %s: %d in %d, deleted %s, [%s] [%s] %s"
        .formatted(
            info.name(),
            info.size(),
            info.chunks(),
            info.deleted(),
            info.meta().description(),
            String.join(",", headers),
            info.digest());
  }

  private static String content(ObjectStore store, ObjectInfo info) {
    if (info.link() != null) {
      return ", link to " + info.link().name();
    }
    if (info.deleted()) {
      return "";
    }
    byte[] content = store.get(info.name());
    assertThat(Optional.of(info)).isEqualTo(store.info(info.name()));
    return ", as written " + Arrays.equals(content, pattern((int) info.size()));
  }
}
