// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Disk;
import dev.slipstream.testkit.FaultyDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Streams whose full blocks are compressed on disk. */
class CompressedStoreTest {
  private static final long ASSET = 1;
  private static final Path DATA = SimulatedServer.DIRECTORY;
  private static final Path HOME = DATA.resolve("jetstream/slipstream");
  private static final Path SEGMENTS = HOME.resolve("segments");
  private static final StoreOptions OPTIONS =
      StoreOptions.builder()
          .firstLogFileBytes(64 << 10)
          .logFileBytes(64 << 10)
          .logBytes(256 << 10)
          .checkpointBytes(256 << 10)
          .blockBytes(4 << 10)
          .segmentBytes(16 << 10)
          .packedBytes(1)
          .cacheBytes(64 << 10)
          .reserveBytes(0)
          .build();

  private final FaultyDisk disk = new FaultyDisk();

  private RecordedStore open() throws StoreException {
    return new RecordedStore(OPTIONS, disk, true);
  }

  /** A payload of 200 bytes that becomes much smaller. */
  private static String payload(int number) {
    return ("{\"number\":" + number + ",\"state\":\"accepted\"}").repeat(8).substring(0, 200);
  }

  private static void append(RecordedStore store, int messages) {
    for (int i = 0; i < messages; i++) {
      store.append(ASSET, "orders.new", payload(i));
      store.commit();
    }
  }

  private long segmentBytes() {
    return disk.bytesOf(path -> SEGMENTS.equals(path.getParent()));
  }

  private String format() {
    return new String(disk.bytes(HOME.resolve("FORMAT")), StandardCharsets.US_ASCII).strip();
  }

  /** What the checkpoint says of a block. */
  private record Named(
      long firstSeq,
      long lastSeq,
      boolean compressed,
      Path file,
      long from,
      long to,
      long footer) {}

  private List<Named> blocks() throws IOException {
    List<Named> blocks = new ArrayList<>();
    Path path = HOME.resolve("checkpoint");
    FaultyDisk copy = disk.copy();
    copy.kill();
    try (StoreDirectory directory = StoreDirectory.openForReading(copy, DATA);
        CheckpointScan scan =
            new CheckpointScan(
                path,
                copy.open(path, Disk.Access.READ),
                new CheckFindings(HOME, (read, of) -> {}))) {
      OfflineSegments segments = new OfflineSegments(directory);
      for (CheckpointScan.Section section : scan.sections) {
        if (section.assetId() == ASSET && section.manifestLength() > 0) {
          ManifestReader manifest = scan.manifest(section);
          while (manifest.next()) {
            blocks.add(
                new Named(
                    manifest.firstSeq,
                    manifest.lastSeq,
                    manifest.compressed,
                    segments.path(ASSET, manifest.fileNumber),
                    manifest.offset,
                    manifest.offset + manifest.storedBytes,
                    manifest.footerOffset));
          }
        }
      }
    }
    return blocks;
  }

  private StoreReport check() throws StoreException {
    FaultyDisk copy = disk.copy();
    copy.kill();
    return StoreCheck.run(copy, DATA, StoreNames.NONE, (read, of) -> {});
  }

  @Test
  void blocksAreSmallerAndMessagesWhatTheyWere() throws IOException {
    RecordedStore store = open();
    append(store, 300);
    Map<Long, TreeMap<Long, PlainStream.Message>> written = store.content();
    assertThat(written.get(ASSET)).hasSize(300);
    store.checkpoint();
    assertThat(segmentBytes()).isLessThan(300 * 230 / 2);
    assertThat(blocks().subList(0, blocks().size() - 1)).allMatch(Named::compressed);
    assertThat(blocks().get(blocks().size() - 1).compressed).isFalse(); // it takes messages
    disk.kill();
    assertThat(open().content()).isEqualTo(written);
    assertThat(check().isSound()).isTrue();
  }

  @Test
  void bytesOfTheStreamAreThoseOfItsMessages() throws StoreException {
    RecordedStore store = open();
    append(store, 300);
    long bytes = 300L * (200 + "orders.new".length() + 30);
    assertThat(store.streams.get(ASSET).bytes()).isEqualTo(bytes);
    store.checkpoint();
    disk.kill();
    assertThat(open().streams.get(ASSET).bytes()).isEqualTo(bytes);
  }

  @Test
  void blockThatACheckpointFoundGrowingIsCompressedWhenItIsFull() throws IOException {
    RecordedStore store = open();
    for (int i = 0; i < 30; i++) {
      append(store, 5);
      store.checkpoint();
    }
    assertThat(blocks().subList(0, blocks().size() - 1))
        .hasSizeGreaterThan(5)
        .allMatch(Named::compressed)
        .allMatch(block -> !block.file.getFileName().toString().startsWith("0."));
    // what was written of growing blocks lies in packs, which go away with them
    assertThat(segmentBytes()).isLessThan(2 * 16 << 10);
    Map<Long, TreeMap<Long, PlainStream.Message>> written = store.content();
    disk.kill();
    assertThat(open().content()).isEqualTo(written);
  }

  @Test
  void blockThatTakesNoMoreThoughAllOfItIsOnDiskIsCompressed() throws IOException {
    RecordedStore store = open();
    append(store, 5);
    store.checkpoint();
    store.loop.execute(() -> store.streams.get(ASSET).closeTail());
    store.simulation.runReady();
    store.commit();
    append(store, 1);
    store.checkpoint();
    assertThat(blocks()).extracting(Named::compressed).containsExactly(true, false);
  }

  @Test
  void onlyBlocksThatBecomeFullLaterAreCompressedAfterAChange() throws IOException {
    RecordedStore store = open();
    store.append(ASSET, "orders.new", "first");
    store.commit();
    StreamStore stream = store.streams.get(ASSET);
    store.loop.execute(() -> stream.compress(false));
    append(store, 60);
    store.checkpoint();
    assertThat(blocks()).hasSizeGreaterThan(2).noneMatch(Named::compressed);
    assertThat(format()).isEqualTo("slipstream-store 1");
    store.loop.execute(() -> stream.compress(true));
    append(store, 60);
    store.checkpoint();
    assertThat(format()).isEqualTo("slipstream-store 2");
    store.loop.execute(() -> stream.compress(false));
    append(store, 60);
    store.checkpoint();
    List<Boolean> compressed = blocks().stream().map(Named::compressed).toList();
    assertThat(compressed).startsWith(false, false).endsWith(false, false).contains(true);
    disk.kill();
    assertThat(open().content().get(ASSET)).hasSize(181);
    assertThat(format()).isEqualTo("slipstream-store 2");
    assertThat(check().isSound()).isTrue();
  }

  @Test
  void whatDoesNotBecomeSmallerStaysAsItIsAndSoDoesTheFormat() throws IOException {
    RecordedStore store = open();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      StringBuilder payload = new StringBuilder();
      for (int at = 0; at < 150; at++) {
        payload.append((char) (1 + random.nextInt(127)));
      }
      store.append(ASSET, "s" + random.nextInt(1000), payload.toString());
      store.commit();
    }
    store.checkpoint();
    assertThat(blocks()).hasSizeGreaterThan(3).noneMatch(Named::compressed);
    assertThat(format()).isEqualTo("slipstream-store 1");
  }

  @Test
  void damageCostsTheMessagesOfAChunkAndIsNamedWithThem() throws IOException {
    RecordedStore store = open();
    append(store, 100);
    store.checkpoint();
    TreeMap<Long, PlainStream.Message> written = store.content().get(ASSET);
    disk.kill();
    Named block = blocks().get(1);
    long hit = (block.from + block.to) / 2;
    disk.flipBit(block.file, hit * 8);

    StoreDamage found = check().damages().get(0);
    assertThat(check().damages()).hasSize(1);
    assertThat(found.what()).isEqualTo("messages");
    assertThat(found.file()).isEqualTo("segments/" + block.file.getFileName());
    assertThat(found.fromByte()).isBetween(block.from, hit);
    assertThat(found.toByte()).isBetween(hit + 1, block.to);
    assertThat(found.firstSeq()).isGreaterThan(block.firstSeq);
    assertThat(found.lastSeq()).isLessThan(block.lastSeq);
    assertThat(found.lastSeq() - found.firstSeq()).isLessThan(4); // 512 of 4096 bytes

    RecordedStore again = open();
    written.subMap(found.firstSeq(), true, found.lastSeq(), true).clear();
    assertThat(again.content().get(ASSET)).isEqualTo(written);
    DamagedMessages damaged = again.streams.get(ASSET).damaged();
    assertThat(damaged.seqs()[0]).isEqualTo(found.firstSeq());
    assertThat(damaged.messages()).isEqualTo(found.lastSeq() - found.firstSeq() + 1);
    assertThat(again.store.stats().damagedMessages()).isEqualTo(damaged.messages());
  }

  @Test
  void damagedFooterIsReplacedByReadingTheBlock() throws IOException {
    RecordedStore store = open();
    append(store, 100);
    store.checkpoint();
    Map<Long, TreeMap<Long, PlainStream.Message>> written = store.content();
    disk.kill();
    Named block = blocks().get(1);
    disk.flipBit(block.file, block.footer * 8 + 100);
    assertThat(check().damages())
        .singleElement()
        .satisfies(damage -> assertThat(damage.what()).contains("footer"));
    RecordedStore again = open();
    assertThat(again.content()).isEqualTo(written);
    assertThat(again.store.stats().damagedMessages()).isZero();
  }

  @Test
  void cutFileIsToldAndTheBlocksBeforeAreThere() throws IOException {
    RecordedStore store = open();
    append(store, 100);
    store.checkpoint();
    disk.kill();
    Named block = blocks().get(1);
    byte[] bytes = disk.bytes(block.file);
    disk.put(block.file, java.util.Arrays.copyOf(bytes, (int) block.from + 40));
    assertThat(check().damages()).anyMatch(damage -> damage.what().contains("the file is cut"));
    TreeMap<Long, PlainStream.Message> found = open().content().get(ASSET);
    assertThat(found).containsKey(block.firstSeq - 1).doesNotContainKey(block.firstSeq);
  }

  @Test
  void dumpShowsAllThatIsIntactAndNamesTheRest() throws IOException {
    RecordedStore store = open();
    append(store, 100);
    store.checkpoint();
    disk.kill();
    Named block = blocks().get(1);
    disk.flipBit(block.file, (block.from + block.to) / 2 * 8);
    StoreDamage known = check().damages().get(0);
    List<Long> seqs = new ArrayList<>();
    List<StoreDamage> damages = new ArrayList<>();
    try (StoreDump dump = StoreDump.open(disk, DATA, StoreNames.NONE)) {
      dump.stream(
          ASSET,
          1,
          new StoreDump.Sink() {
            @Override
            public boolean record(DumpedRecord record) {
              StoredMessage message = record.message();
              assertThat(message).isNotNull();
              assertThat(record.position()).isNotNegative();
              assertThat(new String(message.copyPayload(), StandardCharsets.UTF_8))
                  .isEqualTo(payload((int) message.seq - 1));
              seqs.add(message.seq);
              return true;
            }

            @Override
            public void damaged(StoreDamage damage) {
              damages.add(damage);
            }
          });
    }
    assertThat(damages).containsExactly(known);
    assertThat(seqs)
        .isSorted()
        .hasSize((int) (100 - (known.lastSeq() - known.firstSeq() + 1)))
        .doesNotContain(known.firstSeq(), known.lastSeq());
  }

  @Test
  void fullDiskHoldsUpABlockAndItIsWrittenWhenThereIsRoom() throws IOException {
    RecordedStore store = open();
    append(store, 10);
    store.checkpoint();
    long before = disk.bytesOf(path -> true);
    disk.capacity(before + 1_000);
    append(store, 60);
    disk.capacity(Long.MAX_VALUE);
    store.simulation.runFor(1_000_000_000);
    store.commit();
    append(store, 60);
    store.checkpoint();
    assertThat(store.store.stats().failure()).isNull();
    assertThat(blocks().subList(0, blocks().size() - 1)).allMatch(Named::compressed);
    assertThat(check().isSound()).isTrue();
    disk.kill();
    assertThat(open().content().get(ASSET)).hasSize(130);
  }
}
