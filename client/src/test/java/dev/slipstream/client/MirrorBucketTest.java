// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.bucket.KeyExistsException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyValueStatus;
import dev.slipstream.client.bucket.WatchOptions;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.testkit.Eventually;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Buckets of keys that take over what is in others: mirrors, and buckets with sources. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class MirrorBucketTest extends ClientFixture {
  private final BucketRecorder recorder = new BucketRecorder();
  private String copy;
  private KeyValue origin;

  @BeforeEach
  void createOrigin() {
    copy = name + "-copy";
    origin = KeyValue.create(js, KeyValueConfig.builder(name).history(3).build());
  }

  private KeyValue mirror() {
    return KeyValue.create(js, KeyValueConfig.builder(copy).history(3).mirrorOf(name).build());
  }

  /** Until the bucket has taken over a revision, or has as many. */
  private void awaitRevision(KeyValue bucket, long revision) {
    Eventually.holds(PATIENCE, bucket::info, () -> bucket.info().state().lastSeq() >= revision);
  }

  @Test
  void mirrorsAreReadWhereTheyAre() throws Exception {
    origin.put("a", "1");
    origin.put("a", "2");
    origin.put("b.c", "3");
    origin.delete("b.c");
    KeyValue mirror = mirror();
    awaitRevision(mirror, 4);
    KeyValue.delete(js, name); // so nothing but the mirror can answer
    assertThat(mirror.get("a")).map(KeyValueEntry::text).contains("2");
    assertThat(mirror.get("a", 1)).map(KeyValueEntry::text).contains("1");
    assertThat(mirror.get("a")).map(KeyValueEntry::bucket).contains(copy);
    assertThat(mirror.get("b.c")).isEmpty();
    assertThat(mirror.keys()).containsExactly("a");
    assertThat(mirror.history("b.c"))
        .extracting(BucketRecorder::line)
        .containsExactly("PUT b.c 3", "DELETE b.c ");
    try (Consumption watch = mirror.watch(recorder.keys())) {
      assertThat(recorder.next(3)).containsExactly("PUT a 2", "DELETE b.c ", "caught up");
    }
    try (Consumption watch = mirror.watch(WatchOptions.history(), recorder.keys(), "b.>")) {
      assertThat(recorder.next(3)).containsExactly("PUT b.c 3", "DELETE b.c ", "caught up");
    }
    assertThat(mirror.purgeDeletes(Instant.now().plusSeconds(3600))).isEqualTo(1);
    assertThat(mirror.history("b.c")).isEmpty();
  }

  @Test
  void whatIsWrittenToAMirrorGoesToTheOrigin() throws Exception {
    KeyValue mirror = mirror();
    try (Consumption watch = mirror.watch(recorder.keys())) {
      assertThat(recorder.next(1)).containsExactly("caught up");
      assertThat(mirror.put("k", "1")).isEqualTo(1);
      // not by a get, which the mirror may answer as well
      assertThat(origin.history("k")).extracting(KeyValueEntry::text).containsExactly("1");
      assertThat(recorder.next(1)).containsExactly("PUT k 1");
      assertThatThrownBy(() -> mirror.create("k", new byte[1]))
          .isInstanceOf(KeyExistsException.class);
      assertThat(mirror.update("k", "2".getBytes(), 1)).isEqualTo(2);
      assertThatThrownBy(() -> mirror.update("k", new byte[1], 1))
          .isInstanceOf(WrongLastSequenceException.class);
      mirror.delete("k", 2);
      assertThat(recorder.next(2)).containsExactly("PUT k 2", "DELETE k ");
      assertThat(mirror.create("k", "3".getBytes())).isEqualTo(4);
      // before the purge, which may have removed it from the mirror before it is delivered
      assertThat(recorder.next(1)).containsExactly("PUT k 3");
      mirror.purge("k");
      assertThat(recorder.next(1)).containsExactly("PURGE k ");
      assertThat(origin.history("k")).extracting(BucketRecorder::line).containsExactly("PURGE k ");
    }
  }

  @Test
  void mirrorsAreOpenedFoundAndShownAsSuch() {
    mirror();
    KeyValue opened = KeyValue.open(js, copy);
    opened.put("k", "1");
    assertThat(origin.keys()).containsExactly("k");
    assertThat(KeyValue.buckets(js)).contains(name, copy);
    assertThat(KeyValue.statuses(js)).extracting(KeyValueStatus::bucket).contains(name, copy);
    KeyValueConfig config = opened.status().config();
    assertThat(config.mirror()).isEqualTo(StreamSource.of("KV_" + name));
    StreamConfig stream = opened.info().config();
    assertThat(stream.subjects()).isEmpty();
    assertThat(stream.mirrorDirect()).isTrue();
    assertThat(KeyValue.update(js, config.toBuilder().description("d").build()).status().config())
        .extracting(KeyValueConfig::description)
        .isEqualTo("d");
  }

  @Test
  void mirrorThatChangesSubjectsIsReadByItsOwn() {
    origin.put("k", "1");
    StreamSource renamed =
        StreamSource.of("KV_" + name)
            .subjectTransforms(new SubjectTransform("$KV." + name + ".>", "$KV." + copy + ".>"));
    KeyValue mirror = KeyValue.create(js, KeyValueConfig.builder(copy).mirrorOf(renamed).build());
    awaitRevision(mirror, 1);
    assertThat(mirror.get("k")).map(KeyValueEntry::text).contains("1");
    assertThat(mirror.keys()).containsExactly("k");
    mirror.put("k", "2");
    // not by a get, which the public server may have answered by the mirror: without the key
    assertThat(origin.history("k")).extracting(KeyValueEntry::text).containsExactly("1", "2");
  }

  @Test
  void sourcesAreTakenOverBesideWhatIsWritten() {
    String second = name + "-2";
    KeyValue other = KeyValue.create(js, KeyValueConfig.of(second));
    js.createStream(StreamConfig.builder(name + "-s").subjects(name + ".s.>").build());
    origin.put("a", "1");
    other.put("b", "2");
    js.publish(name + ".s.c", "3".getBytes());
    StreamSource notKeys =
        StreamSource.of(name + "-s")
            .subjectTransforms(new SubjectTransform(name + ".s.>", "$KV." + copy + ".s.>"));
    KeyValueConfig config =
        KeyValueConfig.builder(copy).source(name).source("KV_" + second).source(notKeys).build();
    KeyValue all = KeyValue.create(js, config);
    awaitRevision(all, 3);
    all.put("d", "4");
    assertThat(all.keys()).containsExactlyInAnyOrder("a", "b", "s.c", "d");
    assertThat(all.get("a")).map(KeyValueEntry::text).contains("1");
    assertThat(all.get("s.c")).map(KeyValueEntry::text).contains("3");
    assertThat(origin.keys()).containsExactly("a");
    assertThat(all.status().config().sources())
        .extracting(StreamSource::name)
        .containsExactlyInAnyOrder("KV_" + name, "KV_" + second, name + "-s");
    assertThat(KeyValue.create(js, config).keys()).hasSize(4);
  }

  @Test
  void mirrorsHaveNoSources() {
    assertThatThrownBy(() -> KeyValueConfig.builder(copy).mirrorOf(name).source("x").build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeyValueConfig.builder(copy).mirrorOf("no bucket"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
