// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.bucket.KeyExistsException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyValueEntry.Operation;
import dev.slipstream.client.bucket.KeyValueStatus;
import dev.slipstream.client.bucket.KeyWatcher;
import dev.slipstream.client.bucket.Updates;
import dev.slipstream.client.bucket.WatchOptions;
import dev.slipstream.protocol.api.Republish;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets of keys and values. */
@Timeout(60)
class KeyValueTest extends ClientFixture {
  private final BucketRecorder recorder = new BucketRecorder();

  private KeyValue bucket(int history) {
    return KeyValue.create(
        js, KeyValueConfig.builder(name).history(history).storage(StorageType.MEMORY).build());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void keysAreSetReadAndDeleted() {
    KeyValue kv = bucket(3);
    assertThat(kv.get("a.b")).isEmpty();
    assertThat(kv.put("a.b", bytes("1"))).isEqualTo(1);
    assertThat(kv.put("a.b", bytes("2"))).isEqualTo(2);
    KeyValueEntry entry = kv.get("a.b").orElseThrow();
    assertThat(entry.text()).isEqualTo("2");
    assertThat(entry.revision()).isEqualTo(2);
    assertThat(entry.key()).isEqualTo("a.b");
    assertThat(entry.bucket()).isEqualTo(name);
    assertThat(entry.time())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    assertThat(kv.get("a.b", 1)).map(KeyValueEntry::text).contains("1");
    assertThat(kv.get("a.c", 1)).isEmpty();
    assertThat(kv.get("a.b", 9)).isEmpty();
    kv.delete("a.b");
    assertThat(kv.get("a.b")).isEmpty();
    assertThat(kv.get("a.b", 3)).isEmpty();
    assertThat(kv.history("a.b"))
        .extracting(KeyValueEntry::operation)
        .containsExactly(Operation.PUT, Operation.PUT, Operation.DELETE);
    kv.purge("a.b");
    assertThat(kv.history("a.b"))
        .extracting(KeyValueEntry::operation)
        .containsExactly(Operation.PURGE);
  }

  @Test
  void valuesAreCreatedOnceAndUpdatedInTurn() {
    KeyValue kv = bucket(1);
    assertThat(kv.create("k", bytes("1"))).isEqualTo(1);
    assertThatThrownBy(() -> kv.create("k", bytes("2")))
        .isInstanceOf(KeyExistsException.class)
        .extracting(failure -> ((KeyExistsException) failure).revision())
        .isEqualTo(1L);
    assertThat(kv.update("k", bytes("3"), 1)).isEqualTo(2);
    assertThatThrownBy(() -> kv.update("k", bytes("4"), 1))
        .isInstanceOf(WrongLastSequenceException.class);
    assertThatThrownBy(() -> kv.delete("k", 1)).isInstanceOf(WrongLastSequenceException.class);
    kv.delete("k", 2);
    assertThat(kv.create("k", bytes("5"))).isEqualTo(4);
    assertThatThrownBy(() -> kv.purge("k", 3)).isInstanceOf(WrongLastSequenceException.class);
    kv.purge("k", 4);
    assertThat(kv.create("k", bytes("6"))).isEqualTo(6);
    assertThat(kv.get("k")).map(KeyValueEntry::text).contains("6");
  }

  @Test
  void keysAreListedByWhatTheyMatch() {
    KeyValue kv = bucket(1);
    assertThat(kv.keys()).isEmpty();
    for (String key : List.of("a.1", "a.2", "b.1", "b.2.x")) {
      kv.put(key, bytes(key));
    }
    kv.delete("a.2");
    assertThat(kv.keys()).containsExactlyInAnyOrder("a.1", "b.1", "b.2.x");
    assertThat(kv.keys("b.>")).containsExactlyInAnyOrder("b.1", "b.2.x");
    assertThat(kv.keys("*.1")).containsExactlyInAnyOrder("a.1", "b.1");
    assertThat(kv.keys("a.*", "b.2.x")).containsExactlyInAnyOrder("a.1", "b.2.x");
    assertThat(kv.keys("none")).isEmpty();
  }

  @Test
  void watchesBringWhatIsThereAndWhatChanges() throws Exception {
    KeyValue kv = bucket(5);
    kv.put("a", bytes("1"));
    kv.put("a", bytes("2"));
    kv.put("b", bytes("3"));
    try (Consumption watch = kv.watch(recorder.keys())) {
      assertThat(recorder.next(3)).containsExactly("PUT a 2", "PUT b 3", "caught up");
      kv.delete("a");
      kv.put("c", bytes("4"));
      assertThat(recorder.next(2)).containsExactly("DELETE a ", "PUT c 4");
    }
    try (Consumption watch = kv.watch(WatchOptions.history(), recorder.keys(), "a")) {
      assertThat(recorder.next(4)).containsExactly("PUT a 1", "PUT a 2", "DELETE a ", "caught up");
    }
    try (Consumption watch =
        kv.watch(WatchOptions.latest().ignoreDeletes().metaOnly(), recorder.keys(), "a", "b")) {
      assertThat(recorder.next(2)).containsExactly("PUT b ", "caught up");
    }
    try (Consumption watch = kv.watch(WatchOptions.fromRevision(4), recorder.keys())) {
      assertThat(recorder.next(3)).containsExactly("DELETE a ", "PUT c 4", "caught up");
    }
    try (Consumption watch = kv.watch(WatchOptions.updatesOnly(), recorder.keys())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      kv.purge("c");
      assertThat(recorder.next(1)).containsExactly("PURGE c ");
    }
  }

  @Test
  void updatesAreTakenOneByOneWithAMarkBehindWhatWasThere() {
    KeyValue kv = bucket(5);
    kv.put("a", "1");
    kv.put("a", "2");
    kv.put("b", "3");
    kv.delete("b");
    try (Updates<KeyValueEntry> updates = kv.updates(WatchOptions.latest().ignoreDeletes())) {
      Iterator<Optional<KeyValueEntry>> taken = updates.iterator();
      assertThat(taken.next()).map(BucketRecorder::line).contains("PUT a 2");
      assertThat(taken.next()).isEmpty();
      kv.put("c", "4");
      assertThat(taken.next()).map(BucketRecorder::line).contains("PUT c 4");
      updates.stop();
      assertThat(taken.hasNext()).isFalse();
    }
    try (Updates<KeyValueEntry> updates = kv.updates(WatchOptions.history(), "a", "b")) {
      assertThat(updates.stream().takeWhile(Optional::isPresent).map(Optional::get))
          .extracting(each -> BucketRecorder.line(each) + each.delta())
          .containsExactly("PUT a 13", "PUT a 22", "PUT b 31", "DELETE b 0");
    }
    try (Updates<KeyValueEntry> updates = kv.updates(WatchOptions.updatesOnly())) {
      Iterator<Optional<KeyValueEntry>> taken = updates.iterator();
      assertThat(taken.next()).isEmpty();
      kv.put("d", "5");
      assertThat(taken.next()).map(BucketRecorder::line).contains("PUT d 5");
    }
  }

  @Test
  void updatesOfABucketThatIsDeletedEndWithTheReason() {
    KeyValue kv = bucket(1);
    try (Updates<KeyValueEntry> updates = kv.updates(WatchOptions.latest())) {
      Iterator<Optional<KeyValueEntry>> taken = updates.iterator();
      assertThat(taken.next()).isEmpty();
      KeyValue.delete(js, name);
      assertThatThrownBy(taken::hasNext)
          .isInstanceOf(ConsumeEndedException.class)
          .hasMessageContaining("StreamDeleted");
    }
  }

  @Test
  void watchCatchesUpThoughOthersWriteWithoutPause() throws Exception {
    KeyValue kv = bucket(1);
    int keys = 2000; // more than a window, so that the server sends the last ones late
    for (int i = 0; i < keys; i++) {
      js.publishAsync("$KV." + name + ".k" + i, bytes("x"));
    }
    js.awaitPublished(PATIENCE);
    AtomicInteger entries = new AtomicInteger();
    CompletableFuture<Integer> caughtUp = new CompletableFuture<>();
    KeyWatcher watcher =
        new KeyWatcher() {
          @Override
          public void onEntry(KeyValueEntry entry) {
            entries.incrementAndGet();
            kv.put("more", "x" + entry.revision());
          }

          @Override
          public void onCaughtUp() {
            caughtUp.complete(entries.get());
          }
        };
    try (Consumption watch = kv.watch(watcher)) {
      assertThat(caughtUp.get(20, TimeUnit.SECONDS)).isEqualTo(keys);
    }
    assertThat(kv.keys()).hasSize(keys + 1);
  }

  @Test
  void watchGoesOnWhenItsConsumerIsGone() throws Exception {
    KeyValue kv = bucket(1);
    try (Consumption watch = kv.watch(recorder.keys())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      JsStream stream = js.stream("KV_" + name);
      for (int i = 0; i < 5; i++) {
        kv.put("k", bytes("" + i));
        assertThat(recorder.next(1)).containsExactly("PUT k " + i);
        stream.consumerNames().forEach(stream::deleteConsumer);
      }
    }
  }

  @Test
  void whatTellsOfDeletionsIsRemoved() {
    KeyValue kv = bucket(5);
    kv.put("a", bytes("1"));
    kv.put("b", bytes("1"));
    kv.delete("a");
    assertThat(kv.purgeDeletes(Instant.now().minusSeconds(3600))).isEqualTo(1);
    assertThat(kv.history("a"))
        .extracting(KeyValueEntry::operation)
        .containsExactly(Operation.DELETE);
    assertThat(kv.purgeDeletes(Instant.now().plusSeconds(3600))).isEqualTo(1);
    assertThat(kv.history("a")).isEmpty();
    assertThat(kv.keys()).containsExactly("b");
  }

  @Test
  void valuesMayEndWithTime() throws Exception {
    KeyValue kv =
        KeyValue.create(
            js, KeyValueConfig.builder(name).markerTimeToLive(Duration.ofSeconds(60)).build());
    try (Consumption watch = kv.watch(recorder.keys())) {
      kv.create("k", bytes("1"), Duration.ofSeconds(1));
      assertThat(recorder.next(3)).containsExactly("caught up", "PUT k 1", "PURGE k ");
    }
    assertThat(kv.get("k")).isEmpty();
    kv.purge("k", Duration.ofSeconds(5));
    KeyValueEntry purged = kv.history("k").get(0);
    assertThat(purged.operation()).isEqualTo(Operation.PURGE);
    assertThatThrownBy(() -> kv.purge("k", purged.revision() - 1, Duration.ofSeconds(5)))
        .isInstanceOf(WrongLastSequenceException.class);
    try (Consumption watch = kv.watch(WatchOptions.updatesOnly(), recorder.keys())) {
      kv.purge("k", purged.revision(), Duration.ofSeconds(1));
      assertThat(recorder.next(2)).containsExactly("caught up", "PURGE k ");
    }
  }

  @Test
  void bucketsTellHowTheyAreKeptAndAreChangedFromThere() {
    assertThatThrownBy(() -> KeyValue.update(js, KeyValueConfig.of(name)))
        .isInstanceOf(StreamNotFoundException.class);
    KeyValue kv =
        KeyValue.create(
            js,
            KeyValueConfig.builder(name)
                .description("d")
                .history(5)
                .maxBytes(100_000)
                .maxValueBytes(1000)
                .timeToLive(Duration.ofMinutes(1))
                .markerTimeToLive(Duration.ofSeconds(2))
                .storage(StorageType.MEMORY)
                .compressed(true)
                .republish(new Republish("$KV." + name + ".>", name + ".again.>", false))
                .metadata(Map.of("a", "b"))
                .build());
    kv.put("k", "1");
    kv.put("k", "2");
    KeyValueStatus status = kv.status();
    assertThat(status.bucket()).isEqualTo(name);
    assertThat(status.values()).isEqualTo(2);
    assertThat(status.bytes()).isPositive();
    KeyValueConfig config = status.config();
    assertThat(config.bucket()).isEqualTo(name);
    assertThat(config.description()).isEqualTo("d");
    assertThat(config.history()).isEqualTo(5);
    assertThat(config.maxBytes()).isEqualTo(100_000);
    assertThat(config.maxValueBytes()).isEqualTo(1000);
    assertThat(config.timeToLive()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.markerTimeToLive()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.storage()).isEqualTo(StorageType.MEMORY);
    assertThat(config.replicas()).isEqualTo(1);
    assertThat(config.placement()).isNull();
    assertThat(config.compressed()).isTrue();
    assertThat(config.republish())
        .isEqualTo(new Republish("$KV." + name + ".>", name + ".again.>", false));
    assertThat(config.metadata()).containsEntry("a", "b");
    assertThat(config.mirror()).isNull();
    assertThat(config.sources()).isEmpty();
    KeyValue.update(js, config.toBuilder().history(1).description("changed").build());
    KeyValueConfig changed = KeyValue.open(js, name).status().config();
    assertThat(changed.history()).isEqualTo(1);
    assertThat(changed.description()).isEqualTo("changed");
    assertThat(changed.maxValueBytes()).isEqualTo(1000);
    assertThat(kv.history("k")).extracting(KeyValueEntry::text).containsExactly("2");
    assertThat(KeyValue.statuses(js))
        .filteredOn(each -> each.bucket().equals(name))
        .extracting(KeyValueStatus::values)
        .containsExactly(1L);
  }

  @Test
  void historiesOfKeysThatMatchComeInOrder() {
    KeyValue kv = bucket(3);
    kv.put("a.1", "1");
    kv.put("b.1", "2");
    kv.put("a.2", "3");
    kv.put("a.1", "4");
    assertThat(kv.history("a.*")).extracting(KeyValueEntry::text).containsExactly("1", "3", "4");
    assertThat(kv.history("b.1", "a.2")).extracting(KeyValueEntry::text).containsExactly("2", "3");
    assertThat(kv.history()).hasSize(4);
  }

  @Test
  void bucketsAreFoundChangedAndDeleted() {
    KeyValueConfig one = KeyValueConfig.builder(name).description("x").build();
    KeyValue.create(js, one);
    KeyValue.create(js, one);
    KeyValueConfig other = KeyValueConfig.builder(name).history(7).compressed(true).build();
    assertThatThrownBy(() -> KeyValue.create(js, other))
        .isInstanceOf(StreamNameInUseException.class);
    assertThat(KeyValue.createOrUpdate(js, other).info().config().maxMsgsPerSubject()).isEqualTo(7);
    assertThat(KeyValue.buckets(js)).contains(name);
    assertThat(KeyValue.open(js, name).bucket()).isEqualTo(name);
    assertThat(KeyValue.delete(js, name)).isTrue();
    assertThat(KeyValue.delete(js, name)).isFalse();
    assertThatThrownBy(() -> KeyValue.open(js, name)).isInstanceOf(StreamNotFoundException.class);
    js.createStream(StreamConfig.builder("KV_" + name).subjects("$KV." + name + ".>").build());
    assertThatThrownBy(() -> KeyValue.open(js, name)).hasMessageContaining("keeps all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "a.", "a..b", "a b", "a.*", ">", "ä"})
  void keysThatNoClientTakesAreRefused(String key) {
    KeyValue kv = bucket(1);
    assertThatThrownBy(() -> kv.put(key, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + key + "\"");
    assertThat(kv.info().state().messages()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a b", "*"})
  void bucketsThatNoClientTakesAreRefused(String bucket) {
    assertThatThrownBy(() -> KeyValueConfig.of(bucket))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
