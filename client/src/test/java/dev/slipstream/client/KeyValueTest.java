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
import dev.slipstream.client.bucket.KeyWatcher;
import dev.slipstream.client.bucket.WatchOptions;
import dev.slipstream.protocol.api.StorageType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets of keys and values. */
@Timeout(60)
class KeyValueTest extends ClientFixture {
  private final Recorder recorder = new Recorder();

  /** Notes what a watcher hears, in one line each. */
  private static final class Recorder implements KeyWatcher {
    final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void onEntry(KeyValueEntry entry) {
      heard.add(entry.operation() + " " + entry.key() + " " + entry.text());
    }

    @Override
    public void onCaughtUp() {
      heard.add("caught up");
    }

    List<String> next(int count) throws InterruptedException {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String line = heard.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("after %s", lines).isNotNull();
        lines.add(line);
      }
      return lines;
    }
  }

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
    try (Consumption watch = kv.watch(recorder)) {
      assertThat(recorder.next(3)).containsExactly("PUT a 2", "PUT b 3", "caught up");
      kv.delete("a");
      kv.put("c", bytes("4"));
      assertThat(recorder.next(2)).containsExactly("DELETE a ", "PUT c 4");
    }
    try (Consumption watch = kv.watch(WatchOptions.history(), recorder, "a")) {
      assertThat(recorder.next(4)).containsExactly("PUT a 1", "PUT a 2", "DELETE a ", "caught up");
    }
    try (Consumption watch =
        kv.watch(WatchOptions.latest().ignoreDeletes().metaOnly(), recorder, "a", "b")) {
      assertThat(recorder.next(2)).containsExactly("PUT b ", "caught up");
    }
    try (Consumption watch = kv.watch(WatchOptions.fromRevision(4), recorder)) {
      assertThat(recorder.next(3)).containsExactly("DELETE a ", "PUT c 4", "caught up");
    }
    try (Consumption watch = kv.watch(WatchOptions.updatesOnly(), recorder)) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      kv.purge("c");
      assertThat(recorder.next(1)).containsExactly("PURGE c ");
    }
  }

  @Test
  void watchGoesOnWhenItsConsumerIsGone() throws Exception {
    KeyValue kv = bucket(1);
    try (Consumption watch = kv.watch(recorder)) {
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
    try (Consumption watch = kv.watch(recorder)) {
      kv.create("k", bytes("1"), Duration.ofSeconds(1));
      assertThat(recorder.next(3)).containsExactly("caught up", "PUT k 1", "PURGE k ");
    }
    assertThat(kv.get("k")).isEmpty();
    kv.purge("k", Duration.ofSeconds(5));
    assertThat(kv.history("k"))
        .extracting(KeyValueEntry::operation)
        .containsExactly(Operation.PURGE);
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
