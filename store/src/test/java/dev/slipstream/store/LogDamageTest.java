// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.EventLoop;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.testkit.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A torn tail is dropped and nothing else; damage is detected, named, and costs what it hit. */
class LogDamageTest {
  private static final Path LOG =
      SimulatedServer.DIRECTORY.resolve("jetstream/slipstream/log/00000000.log");
  private static final StoreOptions OPTIONS =
      StoreOptions.builder()
          .firstLogFileBytes(64 << 10)
          .logFileBytes(64 << 10)
          .logBytes(256 << 10)
          .build();

  private final Simulation simulation = new Simulation(new SplittableRandom(1));
  private final EventLoop loop = simulation.loop("loop");

  private record Recovered(List<PlainStream.Message> messages, StoreStats stats) {}

  /** Opens a copy of the disk and answers what is there. */
  private Recovered recover(FaultyDisk disk) throws StoreException {
    List<PlainStream.Message> messages = new ArrayList<>();
    try (Store store = Store.open(OPTIONS, disk, SimulatedServer.DIRECTORY, simulation.clock())) {
      store.recover(
          new RecordTaker(
              (assetId, bytes, from, to) -> {
                throw new AssertionError("there was no checkpoint");
              },
              record -> messages.add(Messages.of(record.message))));
      return new Recovered(messages, store.stats());
    }
  }

  /** Opens the disk and makes a checkpoint at the end of the log. */
  private void checkpoint(FaultyDisk disk) throws StoreException {
    try (Store store = Store.open(OPTIONS, disk, SimulatedServer.DIRECTORY, simulation.clock())) {
      store.recover(RecordTaker.ignoring());
      CompletableFuture<Void> done = new CompletableFuture<>();
      store.checkpoint(done);
      while (store.runStorage()) {
        // until it is made
      }
      assertThat(done).isCompleted();
    }
  }

  /**
   * A store whose records count as appended when they are handed over and as applied when durable.
   */
  private final class Writer {
    final FaultyDisk disk = new FaultyDisk();
    final List<PlainStream.Message> appended = new ArrayList<>();
    final List<long[]> frames = new ArrayList<>();
    int applied;
    final Store store;
    private final LogAppender appender;

    Writer() throws StoreException {
      store = Store.open(OPTIONS, disk, SimulatedServer.DIRECTORY, simulation.clock());
      store.recover(RecordTaker.expectingNothing());
      appender =
          store.appender(loop, new RecordTaker((assetId, bytes, from, to) -> {}, this::applied));
    }

    private void applied(LogRecord record) {
      applied++;
      frames.add(new long[] {record.position - (record.to - record.from), record.position});
    }

    /** The message in whose frame a byte of the log file lies; -1 when in none. */
    int messageAt(int offset) {
      for (int i = 0; i < frames.size(); i++) {
        long position = offset - LogFile.HEADER_BYTES;
        if (position >= frames.get(i)[0] && position < frames.get(i)[1]) {
          return i;
        }
      }
      return -1;
    }

    void append(int count, int payloadBytes) {
      loop.execute(
          () -> {
            for (int i = 0; i < count; i++) {
              PlainStream.Message message =
                  Messages.message(
                      appended.size() + 1L, 7, "a.b", "", "x".repeat(payloadBytes) + i);
              Messages.append(appender, 1, message, null, true);
              appended.add(message);
            }
          });
      simulation.runReady();
    }

    void commit() {
      store.runCommit();
      simulation.runReady();
    }
  }

  @Test
  void tailTornAtAnyByteOfTheLastWriteIsDropped() throws StoreException {
    Writer writer = new Writer();
    writer.append(5, 60);
    writer.commit();
    writer.append(30, 150);
    byte[] before = writer.disk.bytes(LOG);
    writer.commit();
    byte[] after = writer.disk.bytes(LOG);
    int from = Arrays.mismatch(before, after);
    int to = after.length;
    while (after[to - 1] == 0) {
      to--;
    }
    assertThat(to - from).isGreaterThan(4096);
    for (int cut = from; cut <= to; cut++) {
      FaultyDisk disk = writer.disk.copy();
      byte[] torn = after.clone();
      System.arraycopy(before, cut, torn, cut, to - cut);
      disk.put(LOG, torn);
      Recovered recovered = recover(disk);
      int found = recovered.messages.size();
      assertThat(found).as("cut at %d", cut).isBetween(5, 35);
      assertThat(recovered.messages).isEqualTo(writer.appended.subList(0, found));
      assertThat(recovered.stats.damagedRanges()).isZero();
      assertThat(found == 35).isEqualTo(cut == to);
    }
  }

  @Test
  void storeGoesOnBehindATornTailAndNeverShowsWhatWasDropped() {
    Seeds.forEach(
        500,
        (seed, random) -> {
          Writer writer = new Writer();
          writer.append(1 + random.nextInt(5), random.nextInt(80));
          writer.commit();
          int kept = writer.appended.size();
          writer.append(2 + random.nextInt(5), random.nextInt(80));
          byte[] before = writer.disk.bytes(LOG);
          writer.commit();
          byte[] after = writer.disk.bytes(LOG);
          // the beginning of the write is lost, what lies behind is there
          int from = Arrays.mismatch(before, after);
          int hole = random.nextBoolean() ? 512 * (1 + from / 512) : from + 52;
          System.arraycopy(before, 0, after, 0, hole);
          FaultyDisk disk = writer.disk.copy();
          disk.put(LOG, after);
          List<PlainStream.Message> first = recover(disk).messages;
          assertThat(first).hasSizeBetween(kept, writer.appended.size());
          assertThat(first).isEqualTo(writer.appended.subList(0, first.size()));
          disk.kill();
          if (random.nextBoolean()) {
            checkpoint(disk);
            disk.kill();
            assertThat(recover(disk).messages).isEmpty();
          } else {
            assertThat(recover(disk).messages).isEqualTo(first);
          }
        });
  }

  @Test
  void everySingleBitFlipIsDetectedAndCostsTheMessageOrTheRecordThatItHit() throws StoreException {
    Writer writer = new Writer();
    for (int i = 0; i < 4; i++) {
      writer.append(3, 20);
      writer.commit();
    }
    simulation.runFor(20_000_000);
    assertThat(writer.store.runCommit()).as("says that the last commit is durable").isTrue();
    byte[] intact = writer.disk.bytes(LOG);
    int end = intact.length;
    while (intact[end - 1] == 0) {
      end--;
    }
    FaultyDisk disk = writer.disk.copy();
    int lastSaid = end - 52; // the record that says so cannot vouch for itself
    for (int bit = 0; bit < end * 8; bit++) {
      if (bit == 64 * 8) {
        bit = LogFile.HEADER_BYTES * 8; // between them nothing is written
      }
      disk.put(LOG, intact);
      disk.flipBit(LOG, bit);
      disk.kill();
      Recovered recovered = recover(disk);
      assertThat(writer.appended).containsAll(recovered.messages);
      List<PlainStream.Message> expected = new ArrayList<>(writer.appended);
      int hit = writer.messageAt(bit / 8);
      if (hit >= 0) {
        expected.remove(hit);
        assertThat(recovered.messages).as("bit %d", bit).isEqualTo(expected);
      }
      // the header of a record, or its base, costs the three messages that it has
      assertThat(recovered.messages.size()).as("bit %d", bit).isIn(9, 11, 12);
      boolean lost = recovered.messages.size() < 12;
      if (lost) {
        assertThat(recovered.stats.damagedRanges()).as("bit %d", bit).isEqualTo(1);
      }
      boolean inRecords = bit / 8 >= LogFile.HEADER_BYTES && bit / 8 < lastSaid;
      if (inRecords) {
        assertThat(recovered.stats.damagedRanges()).as("bit %d", bit).isEqualTo(1);
      }
    }
  }

  @Test
  void damageBelowADurablePositionIsSkippedAlsoWhenItTakesManyRecords() throws StoreException {
    Writer writer = new Writer();
    for (int i = 0; i < 20; i++) {
      writer.append(5, 40);
      writer.commit();
    }
    byte[] bytes = writer.disk.bytes(LOG);
    Arrays.fill(bytes, 5000, 7000, (byte) 0x5e);
    FaultyDisk disk = writer.disk.copy();
    disk.put(LOG, bytes);
    List<PlainStream.Message> intact = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long[] firstOfRecord = writer.frames.get(i - i % 5);
      int shared = MessageCodec.BASE_BYTES + MessageCodec.SUBJECT_LENGTH_BYTES + "a.b".length();
      long header = firstOfRecord[0] - shared - RecordHeader.BYTES;
      long[] frame = writer.frames.get(i);
      if (isOutside(5000, 7000, header, firstOfRecord[0])
          && isOutside(5000, 7000, frame[0], frame[1])) {
        intact.add(writer.appended.get(i));
      }
    }
    Recovered recovered = recover(disk);
    assertThat(recovered.messages).isEqualTo(intact);
    // the rest of a record, and others of which the headers are damaged
    assertThat(recovered.stats.damagedRanges()).isEqualTo(2);
  }

  /** Whether what lies at {@code from..to} of the log has no byte in that range of its file. */
  private static boolean isOutside(int rangeFrom, int rangeTo, long from, long to) {
    return LogFile.HEADER_BYTES + to <= rangeFrom || LogFile.HEADER_BYTES + from >= rangeTo;
  }

  @Test
  void largeMessageThatIsDamagedCostsItselfWhereverItsHeaderLies() throws StoreException {
    for (int before = 1; before < 60; before += 7) {
      Writer writer = new Writer();
      writer.append(before, 20);
      writer.append(1, 20_000);
      writer.append(1, 20);
      writer.commit();
      writer.append(1, 20);
      writer.commit();
      FaultyDisk disk = writer.disk.copy();
      long[] large = writer.frames.get(before);
      disk.flipBit(LOG, 8 * (LogFile.HEADER_BYTES + large[0] + 10_000));
      List<PlainStream.Message> expected = new ArrayList<>(writer.appended);
      expected.remove(before);
      Recovered recovered = recover(disk);
      assertThat(recovered.messages).isEqualTo(expected);
      assertThat(recovered.stats.damagedRanges()).isEqualTo(1);
    }
  }

  @Test
  void lostHeaderOfALogFileIsRestored() throws StoreException {
    Writer writer = new Writer();
    writer.append(5, 40);
    writer.commit();
    byte[] bytes = writer.disk.bytes(LOG);
    Arrays.fill(bytes, 0, 512, (byte) 0xff);
    FaultyDisk disk = writer.disk.copy();
    disk.put(LOG, bytes);
    assertThat(recover(disk).messages).isEqualTo(writer.appended);
    disk.kill();
    assertThat(recover(disk).messages).isEqualTo(writer.appended);
  }

  @Test
  void errorWhileReadingIsNeverTakenForAnEnd() throws StoreException {
    Writer writer = new Writer();
    writer.append(5, 40);
    writer.commit();
    FaultyDisk disk = writer.disk.copy();
    int failures = 0;
    for (int call = 1; ; call++) {
      disk.failAt(call, FaultyDisk.Fault.IO_ERROR);
      try {
        Recovered recovered = recover(disk);
        assertThat(recovered.messages).isEqualTo(writer.appended);
        if (!disk.hasFailed()) {
          break;
        }
      } catch (StoreException clear) {
        failures++;
      }
      disk.kill();
    }
    assertThat(failures).isGreaterThan(10);
  }
}
