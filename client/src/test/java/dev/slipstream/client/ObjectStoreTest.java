// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.bucket.ObjectExistsException;
import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectLink;
import dev.slipstream.client.bucket.ObjectMeta;
import dev.slipstream.client.bucket.ObjectNotFoundException;
import dev.slipstream.client.bucket.ObjectReader;
import dev.slipstream.client.bucket.ObjectStore;
import dev.slipstream.client.bucket.ObjectStoreConfig;
import dev.slipstream.client.bucket.ObjectStoreStatus;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StorageType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets of objects. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class ObjectStoreTest extends ClientFixture {
  private ObjectStore store;

  @BeforeEach
  void createBucket() {
    store =
        ObjectStore.create(js, ObjectStoreConfig.builder(name).storage(StorageType.MEMORY).build());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  private long messages() {
    return store.info().state().messages();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 131_071, 131_072, 131_073, 5_000_000})
  void whatIsStoredIsRead(int length) {
    byte[] bytes = random(length);
    ObjectInfo stored = store.put("große Datei/1.bin", bytes);
    assertThat(stored.size()).isEqualTo(length);
    assertThat(stored.chunks()).isEqualTo((length + 131_071) / 131_072);
    assertThat(store.get("große Datei/1.bin")).isEqualTo(bytes);
    ObjectInfo info = store.info("große Datei/1.bin").orElseThrow();
    assertThat(info.digest()).isEqualTo(stored.digest()).startsWith("SHA-256=");
    assertThat(messages()).isEqualTo(stored.chunks() + 1);
  }

  @Test
  void theNextObjectOfANameTakesThePlaceOfTheOneBefore() throws IOException {
    store.put("a", random(1_000_000));
    ObjectMeta meta =
        ObjectMeta.of("a")
            .description("second")
            .headers(Map.of("Kind", List.of("x", "y")))
            .metadata(Map.of("by", "me"))
            .chunkBytes(10);
    store.put(meta, new ByteArrayInputStream("one two three".getBytes(UTF_8)));
    assertThat(new String(store.get("a"), UTF_8)).isEqualTo("one two three");
    assertThat(store.info("a")).map(ObjectInfo::meta).contains(meta);
    assertThat(messages()).as("two parts and a description").isEqualTo(3);
  }

  @Test
  void objectThatCannotBeReadLeavesTheOneBeforeAndNothingElse() {
    store.put("a", random(10));
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(random(500_000)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the disk is gone");
              }
            });
    assertThatThrownBy(() -> store.put(ObjectMeta.of("a"), broken)).hasMessage("the disk is gone");
    assertThat(store.get("a")).isEqualTo(random(10));
    assertThat(messages()).isEqualTo(2);
  }

  @Test
  void objectsAreDeletedAndListed() {
    store.put("a", random(10));
    store.put("b", random(300_000));
    store.put("empty", random(0));
    assertThat(store.list()).extracting(ObjectInfo::name).containsExactly("a", "b", "empty");
    store.delete("b");
    assertThat(store.list()).extracting(ObjectInfo::name).containsExactly("a", "empty");
    assertThat(store.info("b")).isEmpty();
    assertThat(store.infoWithDeleted("b")).map(ObjectInfo::deleted).contains(true);
    assertThat(store.listWithDeleted())
        .extracting(ObjectInfo::name)
        .containsExactly("a", "empty", "b");
    assertThatThrownBy(() -> store.get("b")).isInstanceOf(ObjectNotFoundException.class);
    assertThatThrownBy(() -> store.delete("b")).isInstanceOf(ObjectNotFoundException.class);
    assertThat(messages()).as("a, its description, two more").isEqualTo(4);
    store.put("b", random(5));
    assertThat(store.get("b")).isEqualTo(random(5));
  }

  @Test
  void damageIsNoticed() {
    ObjectInfo info = store.put("a", random(300_000));
    JsStream stream = js.stream("OBJ_" + name);
    stream.purge(new PurgeRequest(0, "$O." + name + ".C." + info.nuid(), 2));
    assertThatThrownBy(() -> store.get("a"))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("object a is damaged");
    stream.purge(new PurgeRequest(0, "$O." + name + ".C." + info.nuid(), 0));
    assertThatThrownBy(() -> store.get("a"))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("object a is damaged: 0 bytes in 0 parts");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 131_072, 5_000_000})
  void objectsAreReadAsStreams(int length) throws IOException {
    byte[] bytes = random(length);
    ObjectInfo stored = store.put("a", bytes);
    store.addLink("link", stored);
    try (ObjectReader reader = store.read("link")) {
      assertThat(reader.info().name()).isEqualTo("a");
      assertThat(reader.readAllBytes()).isEqualTo(bytes);
      assertThat(reader.read()).isEqualTo(-1);
    }
    try (ObjectReader reader = store.read("a")) {
      assertThat(reader.read()).isEqualTo(length == 0 ? -1 : bytes[0] & 0xff);
    }
    assertThatThrownBy(() -> store.read("none")).isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void damageIsNoticedByWhoReads() throws IOException {
    ObjectInfo info = store.put("a", random(300_000));
    js.stream("OBJ_" + name).purge(new PurgeRequest(0, "$O." + name + ".C." + info.nuid(), 2));
    try (ObjectReader reader = store.read("a")) {
      assertThatThrownBy(reader::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("object a is damaged");
    }
    js.stream("OBJ_" + name).purge(new PurgeRequest(0, "$O." + name + ".C." + info.nuid(), 0));
    try (ObjectReader reader = store.read("a")) {
      assertThatThrownBy(reader::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("0 bytes in 0 parts");
    }
  }

  @Test
  void objectsComeFromFilesAndGoToFiles(@TempDir Path folder) throws IOException {
    Path from = Files.write(folder.resolve("from"), random(300_000));
    ObjectInfo stored = store.put("a", from);
    Path to = folder.resolve("to");
    assertThat(store.get("a", to).name()).isEqualTo("a");
    assertThat(to).hasBinaryContent(random(300_000));
    Files.writeString(to, "before");
    js.stream("OBJ_" + name).purge(new PurgeRequest(0, "$O." + name + ".C." + stored.nuid(), 2));
    assertThatThrownBy(() -> store.get("a", to)).hasMessageContaining("is damaged");
    assertThatThrownBy(() -> store.get("none", to)).isInstanceOf(ObjectNotFoundException.class);
    assertThat(to).hasContent("before");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
    store.put("text", "grüße");
    assertThat(store.get("text")).isEqualTo("grüße".getBytes(UTF_8));
  }

  @Test
  void whatCannotBeWrittenIsTold() {
    store.put("a", random(300_000));
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    assertThatThrownBy(() -> store.get("a", full))
        .isInstanceOf(JetStreamException.class)
        .hasRootCauseMessage("no space left");
  }

  @Test
  void linksAreFollowed() {
    ObjectStore other = ObjectStore.create(js, ObjectStoreConfig.of(name + "-2"));
    ObjectInfo target = other.put("there", random(100));
    ObjectInfo here = store.put("here", random(50));
    store.addLink("far", target);
    store.addLink("near", here);
    assertThat(store.get("far")).isEqualTo(random(100));
    assertThat(store.get("near")).isEqualTo(random(50));
    ObjectInfo far = store.info("far").orElseThrow();
    assertThat(far.link()).isEqualTo(new ObjectLink(name + "-2", "there"));
    assertThatThrownBy(() -> store.addLink("again", far))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.addLink("here", target))
        .isInstanceOf(ObjectExistsException.class);
    store.addBucketLink("all", name + "-2");
    assertThatThrownBy(() -> store.get("all")).hasMessageContaining("as a whole");
  }

  @Test
  void linksThatLeadInACircleAreNotFollowedForEver() {
    ObjectInfo a = store.put("a", random(1));
    ObjectInfo b = store.put("b", random(1));
    store.delete("a");
    store.addLink("a", b);
    store.delete("b");
    store.addLink("b", a); // it was an object
    assertThatThrownBy(() -> store.get("a")).hasMessage("too many links lead on from a");
  }

  @Test
  void singleHeadersAreReadAsThePythonClientWritesThem() {
    String json =
        "{\"name\":\"p\",\"bucket\":\"%s\",\"nuid\":\"n\",\"size\":0,\"chunks\":0,\"mtime\":\"\","
            + "\"headers\":{\"K\":\"v\",\"L\":[\"1\",\"2\"]},\"description\":null}";
    js.publish("$O." + name + ".M.cA==", json.formatted(name).getBytes(UTF_8));
    assertThat(store.info("p").orElseThrow().meta().headers())
        .isEqualTo(Map.of("K", List.of("v"), "L", List.of("1", "2")));
  }

  @Test
  void descriptionsAreChangedAndObjectsRenamed() {
    store.put("a", random(100));
    store.put("b", random(10));
    store.updateMeta("a", ObjectMeta.of("a").description("changed"));
    assertThat(store.info("a").orElseThrow().meta().description()).isEqualTo("changed");
    assertThatThrownBy(() -> store.updateMeta("a", ObjectMeta.of("b")))
        .isInstanceOf(ObjectExistsException.class);
    store.updateMeta("a", ObjectMeta.of("c"));
    assertThat(store.info("a")).isEmpty();
    assertThat(store.get("c")).isEqualTo(random(100));
    assertThatThrownBy(() -> store.updateMeta("a", ObjectMeta.of("x")))
        .isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void sealedBucketsStayAsTheyAre() {
    store.put("a", random(10));
    store.seal();
    assertThat(store.status().sealed()).isTrue();
    assertThatThrownBy(() -> store.put("b", random(10))).isInstanceOf(ApiException.class);
    assertThat(store.get("a")).isEqualTo(random(10));
  }

  @Test
  void bucketsAreFoundAndDeleted() {
    assertThat(ObjectStore.buckets(js)).contains(name);
    assertThat(ObjectStore.open(js, name).list()).isEmpty();
    assertThat(ObjectStore.delete(js, name)).isTrue();
    assertThat(ObjectStore.delete(js, name)).isFalse();
    assertThatThrownBy(() -> ObjectStore.open(js, name))
        .isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void bucketsTellHowTheyAreKeptAndAreChangedFromThere() {
    store.put("a", random(1000));
    ObjectStoreStatus status = store.status();
    assertThat(status.bucket()).isEqualTo(name);
    assertThat(status.bytes()).isGreaterThan(1000);
    assertThat(status.sealed()).isFalse();
    assertThat(status.config().storage()).isEqualTo(StorageType.MEMORY);
    ObjectStoreConfig more =
        status.config().toBuilder()
            .description("d")
            .maxBytes(1_000_000)
            .metadata(Map.of("k", "v"))
            .build();
    ObjectStoreConfig changed = ObjectStore.update(js, more).status().config();
    assertThat(changed.description()).isEqualTo("d");
    assertThat(changed.maxBytes()).isEqualTo(1_000_000);
    assertThat(changed.metadata()).containsEntry("k", "v");
    assertThat(ObjectStore.statuses(js)).extracting(ObjectStoreStatus::bucket).contains(name);
    assertThatThrownBy(() -> ObjectStore.update(js, ObjectStoreConfig.of(name + "-new")))
        .isInstanceOf(StreamNotFoundException.class);
    assertThat(ObjectStore.createOrUpdate(js, ObjectStoreConfig.of(name + "-new")).list())
        .isEmpty();
  }

  @Test
  void namesThatNoClientTakesAreRefused() {
    assertThatThrownBy(() -> store.put("", random(1))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ObjectStoreConfig.of("a.b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
