// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The end of the log is gone, from any byte of its last 64 KiB on: all that lies before is there,
 * and nothing else.
 */
class LogCutTest {
  private static final int LAST = 64 << 10;
  private static final Path LOG = SimulatedServer.DIRECTORY.resolve("jetstream/slipstream/log");

  /** How the bytes behind the cut are gone. */
  private enum Cut {
    TRUNCATED,
    ZEROED
  }

  private static StoreOptions options(long logFileBytes) {
    return StoreOptions.builder()
        .firstLogFileBytes(logFileBytes)
        .logFileBytes(logFileBytes)
        .logBytes(10 * logFileBytes)
        .checkpointBytes(10 * logFileBytes)
        .blockBytes(4 << 10)
        .segmentBytes(16 << 10)
        .build();
  }

  /** A store with more than 64 KiB of log, and what it had when it was opened again. */
  private static final class World {
    final FaultyDisk disk = new FaultyDisk();
    final StoreOptions options;
    final List<RecordedStore.Entry> entries;

    /** Up to here a checkpoint contains everything; 0 without one. */
    long contained;

    World(long logFileBytes, boolean checkpoint) throws StoreException {
      options = options(logFileBytes);
      RecordedStore writer = new RecordedStore(options, disk);
      SplittableRandom random = new SplittableRandom(7);
      while (lastEnd(writer) < LAST + (20 << 10)) {
        for (int i = random.nextInt(1, 8); i > 0; i--) {
          long asset = 1 + random.nextInt(3);
          if (random.nextInt(5) == 0 && writer.streams.containsKey(asset)) {
            writer.remove(asset, 1 + random.nextLong(writer.streams.get(asset).lastSeq() + 1));
          } else {
            writer.append(asset, "a." + random.nextInt(4), "x".repeat(random.nextInt(400)) + i);
          }
        }
        writer.commit();
        if (checkpoint && contained == 0 && lastEnd(writer) > LAST / 2 + (20 << 10)) {
          writer.checkpoint();
          contained = lastEnd(writer);
        }
      }
      entries = List.copyOf(writer.applied);
      disk.kill();
    }

    private static long lastEnd(RecordedStore store) {
      return store.applied.isEmpty() ? 0 : store.applied.get(store.applied.size() - 1).to();
    }

    long end() {
      return entries.get(entries.size() - 1).to();
    }

    Map<Long, TreeMap<Long, PlainStream.Message>> upTo(long position) {
      Map<Long, TreeMap<Long, PlainStream.Message>> content = new TreeMap<>();
      for (RecordedStore.Entry entry : entries) {
        if (entry.to() <= Math.max(position, contained)) {
          entry.applyTo(content);
        }
      }
      return content;
    }

    /** A copy of the disk whose log ends at a position. */
    FaultyDisk cut(long position, Cut how) {
      FaultyDisk damaged = disk.copy();
      for (Path path : damaged.files()) {
        byte[] bytes = damaged.bytes(path);
        if (!LOG.equals(path.getParent()) || OutputBuffer.getLong(bytes, 0) == 0) {
          continue;
        }
        long start = OutputBuffer.getLong(bytes, 16);
        long keep = position < start ? 0 : LogFile.HEADER_BYTES + position - start;
        if (keep < bytes.length) {
          byte[] left = Arrays.copyOf(bytes, (int) keep);
          damaged.put(path, how == Cut.TRUNCATED ? left : Arrays.copyOf(left, bytes.length));
        }
      }
      return damaged;
    }

    void check(long position, Cut how) throws StoreException {
      FaultyDisk damaged = cut(position, how);
      Map<Long, TreeMap<Long, PlainStream.Message>> expected = upTo(position);
      RecordedStore first = new RecordedStore(options, damaged);
      assertThat(first.content()).isEqualTo(expected);
      if (position >= contained) {
        assertThat(first.store.stats().damagedRanges()).isZero();
      }
      assertThat(first.store.stats().damagedMessages()).isZero();
      damaged.kill();
      RecordedStore second = new RecordedStore(options, damaged);
      assertThat(second.content()).isEqualTo(expected);
      second.append(9, "later", "goes on");
      second.commit();
      damaged.crash(new SplittableRandom(position));
      RecordedStore third = new RecordedStore(options, damaged);
      Map<Long, TreeMap<Long, PlainStream.Message>> after = third.content();
      assertThat(after.remove(9L)).hasSize(1);
      assertThat(after).isEqualTo(expected);
    }
  }

  private static void cutEverywhere(World world, int stride) {
    for (Cut how : Cut.values()) {
      Seeds.forEach(
          world.end() - LAST,
          world.end(),
          stride,
          (position, ignored) -> world.check(position, how));
    }
  }

  @Test
  void logOfOneFileIsCut() throws StoreException {
    cutEverywhere(new World(256 << 10, false), 331);
  }

  @Test
  void logOfSeveralFilesIsCut() throws StoreException {
    cutEverywhere(new World(24 << 10, false), 331);
  }

  @Test
  void logWithACheckpointIsCut() throws StoreException {
    cutEverywhere(new World(24 << 10, true), 331);
  }

  @Test
  @Tag("nightly")
  void logOfOneFileIsCutAtEveryByte() throws StoreException {
    cutEverywhere(new World(256 << 10, false), 1);
  }

  @Test
  @Tag("nightly")
  void logOfSeveralFilesIsCutAtEveryByte() throws StoreException {
    cutEverywhere(new World(24 << 10, false), 1);
  }

  @Test
  @Tag("nightly")
  void logWithACheckpointIsCutAtEveryByte() throws StoreException {
    cutEverywhere(new World(24 << 10, true), 1);
  }
}
