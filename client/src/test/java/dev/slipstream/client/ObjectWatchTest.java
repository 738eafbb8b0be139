// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectMeta;
import dev.slipstream.client.bucket.ObjectStore;
import dev.slipstream.client.bucket.ObjectStoreConfig;
import dev.slipstream.client.bucket.Updates;
import dev.slipstream.client.bucket.WatchOptions;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.testkit.Eventually;
import java.util.Iterator;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches of a bucket of objects. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class ObjectWatchTest extends ClientFixture {
  private final BucketRecorder recorder = new BucketRecorder();
  private ObjectStore store;

  @BeforeEach
  void createBucket() {
    store =
        ObjectStore.create(js, ObjectStoreConfig.builder(name).storage(StorageType.MEMORY).build());
  }

  @Test
  void watchBringsWhatIsThereAndWhatChanges() throws Exception {
    store.put("a b/ä", new byte[300_000]);
    store.put("gone", "x");
    store.delete("gone");
    try (Consumption watch = store.watch(recorder.objects())) {
      assertThat(recorder.next(3))
          .containsExactly("STORED a b/ä 300000", "DELETED gone 0", "caught up");
      ObjectInfo stored = store.put("c", "12345");
      store.updateMeta("a b/ä", ObjectMeta.of("new"));
      store.addLink("link", stored);
      store.delete("c");
      assertThat(recorder.next(4))
          .containsExactly("STORED c 5", "STORED new 300000", "STORED link 0", "DELETED c 0");
    }
  }

  @Test
  void watchOfAnEmptyBucketCatchesUpAtOnce() throws Exception {
    try (Consumption watch = store.watch(recorder.objects())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      store.put("a", "1");
      assertThat(recorder.next(1)).containsExactly("STORED a 1");
    }
  }

  @Test
  void watchLeavesOutWhatItIsToldTo() throws Exception {
    store.put("a", "1");
    store.put("b", "2");
    store.delete("b");
    try (Consumption watch =
            store.watch(WatchOptions.latest().ignoreDeletes(), recorder.objects());
        Consumption later = store.watch(WatchOptions.updatesOnly(), ignored -> {})) {
      assertThat(recorder.next(2)).containsExactly("STORED a 1", "caught up");
      store.delete("a");
      store.put("c", "123");
      assertThat(recorder.next(1)).containsExactly("STORED c 3");
    }
    try (Consumption watch =
        store.watch(WatchOptions.updatesOnly().metaOnly(), recorder.objects())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      store.put("d", "1234");
      assertThat(recorder.next(1))
          .as("descriptions are what a watch is for")
          .contains("STORED d 4");
    }
  }

  @Test
  void stoppedWatchBringsNothingMore() throws Exception {
    Consumption watch = store.watch(recorder.objects());
    assertThat(recorder.next(1)).containsExactly("caught up");
    watch.stop();
    store.put("a", "1");
    try (Consumption other = store.watch(recorder.objects())) {
      assertThat(recorder.next(2)).containsExactly("STORED a 1", "caught up");
    }
    assertThat(watch.closed().join()).isEqualTo(new Closed.Stopped());
    JsStream stream = js.stream("OBJ_" + name);
    // nobody waits for their deletion
    Eventually.holds(PATIENCE, stream::consumerNames, () -> stream.consumerNames().isEmpty());
  }

  @Test
  void watchGoesOnWhenItsConsumerIsGone() throws Exception {
    try (Consumption watch = store.watch(recorder.objects())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      JsStream stream = js.stream("OBJ_" + name);
      for (int i = 1; i < 5; i++) {
        store.put("k", new byte[i]);
        assertThat(recorder.next(1)).containsExactly("STORED k " + i);
        stream.consumerNames().forEach(stream::deleteConsumer);
      }
    }
  }

  @Test
  void updatesAreTakenOneByOneWithAMarkBehindWhatWasThere() {
    store.put("a", "1");
    store.put("b", "2");
    store.delete("b");
    try (Updates<ObjectInfo> updates = store.updates(WatchOptions.latest().ignoreDeletes())) {
      Iterator<Optional<ObjectInfo>> taken = updates.iterator();
      assertThat(taken.next()).map(BucketRecorder::line).contains("STORED a 1");
      assertThat(taken.next()).isEmpty();
      store.put("c", "3");
      assertThat(taken.next()).map(BucketRecorder::line).contains("STORED c 1");
      ObjectStore.delete(js, name);
      assertThatThrownBy(taken::hasNext)
          .isInstanceOf(ConsumeEndedException.class)
          .hasMessageContaining("StreamDeleted");
    }
  }
}
