// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One bit of a whole store is turned over, whichever: it is detected or does no harm, costs only
 * the message that it hit, or the messages of a record when it hit the header that they share, and
 * what is not hit stays readable. No changed byte is ever shown.
 *
 * <p>One case is told from nothing: a flip in the log's last commit, while no later write says that
 * this commit was durable. It looks as a torn write does, and the log ends there. That state lasts
 * for 10 ms behind a commit, see {@link #lastCommitThatNothingSpeaksForCannotBeToldFromATornOne}.
 */
class BitFlipTest {
  private static final Path HOME = SimulatedServer.DIRECTORY.resolve("jetstream/slipstream");
  private static final Path LOG = HOME.resolve("log");
  private static final Path SEGMENTS = HOME.resolve("segments");
  private static final StoreOptions OPTIONS =
      StoreOptions.builder()
          .firstLogFileBytes(32 << 10)
          .logFileBytes(32 << 10)
          .logBytes(128 << 10)
          .checkpointBytes(128 << 10)
          .blockBytes(512)
          .segmentBytes(2 << 10)
          .build();

  private final List<LogRecord> errors = new ArrayList<>();
  private final Logger logger = Logger.getLogger("dev.slipstream.store");
  private final Handler collector =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel() == Level.SEVERE) {
            errors.add(record);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void collectErrors() {
    logger.setLevel(Level.SEVERE);
    logger.setUseParentHandlers(false);
    logger.addHandler(collector);
  }

  @AfterEach
  void collectNoMore() {
    logger.removeHandler(collector);
  }

  /** How many messages may lie in a chunk of a compressed block of that size. */
  private static final int MOST_IN_A_CHUNK = 7;

  /** A store with a checkpoint in the middle, and what it had. */
  private static final class World {
    final FaultyDisk disk = new FaultyDisk();
    final List<RecordedStore.Entry> entries;

    /** Whether its blocks are compressed. */
    final boolean compressed;

    /** Up to here the checkpoint contains everything. */
    final long contained;

    /** Up to here something in the store says that all is durable. */
    final long said;

    World(boolean saysDurable) throws StoreException {
      this(saysDurable, false);
    }

    World(boolean saysDurable, boolean compressed) throws StoreException {
      this.compressed = compressed;
      RecordedStore writer = new RecordedStore(OPTIONS, disk, compressed);
      SplittableRandom random = new SplittableRandom(11);
      write(writer, random, 12);
      writer.checkpoint();
      contained = lastEnd(writer);
      write(writer, random, 10);
      long beforeLastCommit = lastEnd(writer);
      write(writer, random, 1);
      if (saysDurable) {
        writer.sayDurable();
      }
      entries = List.copyOf(writer.applied);
      said = saysDurable ? lastEnd(writer) : beforeLastCommit;
      disk.kill();
    }

    private static void write(RecordedStore writer, SplittableRandom random, int commits) {
      for (int commit = 0; commit < commits; commit++) {
        for (int i = 0; i < 4; i++) {
          int last = i;
          long asset = 1 + i % 2;
          if (random.nextInt(4) == 0 && writer.streams.containsKey(asset)) {
            writer.remove(asset, 1 + random.nextLong(writer.streams.get(asset).lastSeq()));
          } else {
            String[] payloads = new String[1 + random.nextInt(3)];
            Arrays.setAll(payloads, any -> "x".repeat(random.nextInt(60)) + last);
            writer.append(asset, "a." + random.nextInt(4), payloads);
          }
        }
        writer.commit();
      }
    }

    private static long lastEnd(RecordedStore store) {
      return store.applied.get(store.applied.size() - 1).to();
    }

    Map<Long, TreeMap<Long, PlainStream.Message>> without(List<RecordedStore.Entry> lost) {
      Map<Long, TreeMap<Long, PlainStream.Message>> content = new TreeMap<>();
      entries.stream().filter(entry -> !lost.contains(entry)).forEach(e -> e.applyTo(content));
      return content;
    }

    Map<Long, TreeMap<Long, PlainStream.Message>> all() {
      return without(List.of());
    }

    /** The position in the log that a byte of a file is; -1 when it is none. */
    long position(Path path, long offset) {
      if (!LOG.equals(path.getParent()) || offset < LogFile.HEADER_BYTES) {
        return -1;
      }
      long start = start(path);
      long position = start + offset - LogFile.HEADER_BYTES;
      boolean isNextFiles =
          disk.files().stream()
              .filter(other -> LOG.equals(other.getParent()))
              .mapToLong(this::start)
              .anyMatch(other -> other > start && position >= other);
      return start < 0 || isNextFiles ? -1 : position;
    }

    private long start(Path log) {
      byte[] bytes = disk.bytes(log);
      return OutputBuffer.getLong(bytes, 0) == 0 ? -1 : OutputBuffer.getLong(bytes, 16);
    }

    long end() {
      return lastEnd(entries);
    }

    private static long lastEnd(List<RecordedStore.Entry> entries) {
      return entries.get(entries.size() - 1).to();
    }

    /** Whether a byte of the log is in its own part of a record, or in what all of that need. */
    boolean isHit(RecordedStore.Entry entry, long position) {
      long first =
          entries.stream()
              .filter(other -> other.record() == entry.record())
              .mapToLong(RecordedStore.Entry::from)
              .min()
              .orElseThrow();
      return entry.from() <= position && position < entry.to()
          || entry.record() <= position && position < first;
    }

    /** Where the record of an entry ends. */
    long endOfRecord(RecordedStore.Entry entry) {
      return entries.stream()
          .filter(other -> other.record() == entry.record())
          .mapToLong(RecordedStore.Entry::to)
          .max()
          .orElseThrow();
    }

    /** How many bits all files have. */
    long bits() {
      return disk.files().stream().mapToLong(path -> disk.bytes(path).length * 8L).sum();
    }
  }

  private static long segmentBytes(World world) {
    return world.disk.bytesOf(path -> SEGMENTS.equals(path.getParent()));
  }

  private void flipEverywhere(World world, int stride) {
    Seeds.forEach(0, world.bits() - 1, stride, (bit, ignored) -> flip(world, bit));
  }

  /** Turns over one bit of all the files, counted through. */
  private void flip(World world, long number) throws StoreException {
    FaultyDisk disk = world.disk.copy();
    long bit = number;
    for (Path path : disk.files()) {
      long size = disk.bytes(path).length * 8L;
      if (bit < size) {
        disk.flipBit(path, bit);
        errors.clear();
        check(world, disk, path, bit / 8);
        return;
      }
      bit -= size;
    }
  }

  private void check(World world, FaultyDisk disk, Path hit, long offset) throws StoreException {
    if (hit.getFileName().toString().equals("FORMAT")) {
      checkFormat(world, disk);
      return;
    }
    RecordedStore opened = new RecordedStore(OPTIONS, disk, world.compressed);
    Map<Long, TreeMap<Long, PlainStream.Message>> content = opened.content();
    StoreStats stats = opened.store.stats();
    if (SEGMENTS.equals(hit.getParent())) {
      checkSegments(world, content, stats);
    } else {
      checkLog(world, content, stats, world.position(hit, offset));
    }
    for (Path path : world.disk.files()) {
      if (SEGMENTS.equals(path.getParent())) {
        continue; // what no checkpoint names is removed, and is in the log
      }
      assertThat(disk.bytes(path).length)
          .as("bytes of %s", path)
          .isGreaterThanOrEqualTo(world.disk.bytes(path).length);
    }
    checkNextStarts(world, disk, content);
  }

  private static void checkFormat(World world, FaultyDisk disk) throws StoreException {
    List<Path> before = disk.files();
    List<byte[]> bytesBefore = before.stream().map(disk::bytes).toList();
    try {
      assertThat(new RecordedStore(OPTIONS, disk).content()).isEqualTo(world.all());
    } catch (StoreException refused) {
      assertThat(refused)
          .hasMessageContaining("FORMAT")
          .hasMessageContaining("nothing was changed");
      assertThat(disk.files()).isEqualTo(before);
      for (int i = 0; i < before.size(); i++) {
        assertThat(disk.bytes(before.get(i))).isEqualTo(bytesBefore.get(i));
      }
    }
  }

  /**
   * A message is lost at most, or those of a chunk of a compressed block, and when one is, it is
   * counted and named.
   */
  private void checkSegments(
      World world, Map<Long, TreeMap<Long, PlainStream.Message>> content, StoreStats stats) {
    assertThat(stats.damagedRanges()).isZero();
    List<PlainStream.Message> lost = new ArrayList<>();
    world
        .all()
        .forEach(
            (asset, messages) -> {
              TreeMap<Long, PlainStream.Message> found = content.get(asset);
              assertThat(messages).containsAllEntriesOf(found);
              messages.values().stream()
                  .filter(message -> !found.containsKey(message.seq()))
                  .forEach(lost::add);
            });
    int most = world.compressed ? MOST_IN_A_CHUNK : 1;
    assertThat(lost).hasSizeLessThanOrEqualTo(most);
    // removed messages may be counted as well while their block is there
    assertThat(stats.damagedMessages()).isBetween((long) lost.size(), (long) most);
    if (!lost.isEmpty()) {
      assertThat(errors).isNotEmpty();
    }
  }

  private void checkLog(
      World world,
      Map<Long, TreeMap<Long, PlainStream.Message>> content,
      StoreStats stats,
      long position) {
    assertThat(stats.damagedMessages()).isZero();
    List<RecordedStore.Entry> hit =
        world.entries.stream()
            .filter(entry -> entry.record() >= world.contained)
            .filter(entry -> world.isHit(entry, position))
            .toList();
    if (position >= world.contained && position >= world.said && position < world.end()) {
      // the last commit, and nothing speaks for it: the log ends where it was hit, in silence
      List<RecordedStore.Entry> tail =
          world.entries.stream().filter(entry -> world.endOfRecord(entry) > position).toList();
      assertThat(content).isEqualTo(world.without(tail));
      assertThat(stats.damagedRanges()).isZero();
      return;
    }
    assertThat(content).isEqualTo(world.without(hit));
    if (!hit.isEmpty()) {
      assertThat(stats.damagedRanges()).isEqualTo(1);
      assertThat(errors).hasSize(1);
    }
  }

  /** What was found stays, over a start, a checkpoint and another start. */
  private static void checkNextStarts(
      World world, FaultyDisk disk, Map<Long, TreeMap<Long, PlainStream.Message>> content)
      throws StoreException {
    disk.kill();
    RecordedStore second = new RecordedStore(OPTIONS, disk, world.compressed);
    assertThat(second.content()).isEqualTo(content);
    second.append(9, "later", "goes on");
    second.commit();
    second.checkpoint();
    disk.crash(new SplittableRandom(3));
    RecordedStore third = new RecordedStore(OPTIONS, disk, world.compressed);
    Map<Long, TreeMap<Long, PlainStream.Message>> after = third.content();
    assertThat(after.remove(9L)).hasSize(1);
    assertThat(after).isEqualTo(content);
    assertThat(third.store.stats().damagedRanges()).isZero();
  }

  @Test
  void flipIsDetectedOrHarmless() throws StoreException {
    flipEverywhere(new World(true), 101);
  }

  @Test
  void lastCommitThatNothingSpeaksForCannotBeToldFromATornOne() throws StoreException {
    World world = new World(false);
    assertThat(world.said).isLessThan(world.end());
    flipEverywhere(world, 101);
  }

  @Test
  void flipInACompressedStoreIsDetectedOrHarmless() throws StoreException {
    World world = new World(true, true);
    flipEverywhere(world, 101);
    long from = 0; // segment files are smaller than the log and of more interest here
    for (Path path : world.disk.files()) {
      long bits = world.disk.bytes(path).length * 8L;
      if (SEGMENTS.equals(path.getParent())) {
        Seeds.forEach(from, from + bits - 1, 13, (bit, ignored) -> flip(world, bit));
      }
      from += bits;
    }
  }

  @Test
  @Tag("nightly")
  void everyFlipInACompressedStoreIsDetectedOrHarmless() throws StoreException {
    flipEverywhere(new World(true, true), 1);
  }

  @Test
  @Tag("nightly")
  void everyFlipIsDetectedOrHarmless() throws StoreException {
    flipEverywhere(new World(true), 1);
  }

  @Test
  @Tag("nightly")
  void everyFlipWhileNothingSpeaksForTheLastCommit() throws StoreException {
    flipEverywhere(new World(false), 1);
  }

  @Test
  void storeThatIsFlippedHasAllKindsOfFiles() throws StoreException {
    World world = new World(true);
    assertThat(world.disk.files().stream().map(path -> HOME.relativize(path).toString()))
        .contains("FORMAT", "checkpoint", "checkpoint.copy", "log/00000000.log")
        .filteredOn(name -> name.startsWith("segments/"))
        .hasSizeGreaterThan(2);
    assertThat(Arrays.asList(world.contained, world.said, world.end())).isSorted();
    World compressed = new World(true, true);
    assertThat(segmentBytes(compressed)).isLessThan(segmentBytes(world));
    assertThat(new String(compressed.disk.bytes(HOME.resolve("FORMAT"))))
        .isEqualTo("slipstream-store 2\n");
  }
}
