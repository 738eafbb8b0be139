// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreCheckTest {
  private static final Path DATA = SimulatedServer.DIRECTORY;
  private static final Path HOME = DATA.resolve("jetstream/slipstream");

  private static StoreReport check(FaultyDisk disk, Path directory) throws StoreException {
    return StoreCheck.run(disk, directory, new GoldenStore.Names(), (read, of) -> {});
  }

  private static StoreReport check(FaultyDisk disk) throws StoreException {
    return check(disk, DATA);
  }

  /** A golden store that was left by a killed process. */
  private static FaultyDisk killed() throws StoreException {
    FaultyDisk disk = GoldenStore.write(1).disk;
    disk.kill();
    return disk;
  }

  private static Map<Path, Integer> contents(FaultyDisk disk) {
    Map<Path, Integer> contents = new HashMap<>();
    disk.files().forEach(path -> contents.put(path, Arrays.hashCode(disk.bytes(path))));
    return contents;
  }

  /** The last log file that has records, and where they end. */
  private static StoreReport.Part lastLog(FaultyDisk disk) throws StoreException {
    return check(disk).parts().stream()
        .filter(part -> part.file().startsWith("log/") && part.records() > 0)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void directoryInUseIsRefused() throws StoreException {
    FaultyDisk disk = GoldenStore.write(1).disk;
    assertThatThrownBy(() -> check(disk))
        .isInstanceOf(StoreException.class)
        .hasMessage("a server is running on the data directory /data (it holds LOCK)");
  }

  @Test
  void lockIsGivenBackAndNotMadeWhereThereIsNone() throws Exception {
    FaultyDisk disk = killed();
    assertThat(check(disk).isSound()).isTrue();
    try (Closeable lock = disk.lock(HOME.resolve("LOCK"))) {
      assertThat(lock).isNotNull();
    }
    FaultyDisk without = new FaultyDisk();
    disk.files().stream()
        .filter(path -> !path.endsWith("LOCK"))
        .forEach(path -> without.put(path, disk.bytes(path)));
    Map<Path, Integer> before = contents(without);
    assertThat(check(without).isSound()).isTrue();
    assertThat(contents(without)).isEqualTo(before);
  }

  @Test
  void directoryIsFoundFromAnyOfItsLevels() throws StoreException {
    FaultyDisk disk = killed();
    for (Path path : List.of(DATA, DATA.resolve("jetstream"), HOME)) {
      assertThat(check(disk, path).isSound()).isTrue();
    }
  }

  @Test
  void whatIsNotOursIsRefusedInOneLineAndLeftAsItIs() {
    FaultyDisk disk = new FaultyDisk();
    disk.put(Path.of("/other/jetstream/$G/streams/A/meta.inf"), new byte[1]);
    disk.put(Path.of("/plain/slipstream"), new byte[1]); // a program of that name, say
    disk.put(Path.of("/new/jetstream/slipstream/FORMAT"), text("slipstream-store 3\n"));
    disk.put(Path.of("/lost/jetstream/slipstream/log/00000000.log"), new byte[1]);
    Map<Path, Integer> before = contents(disk);
    Map<String, String> refused =
        Map.of(
            "/nowhere", "/nowhere is not there",
            "/plain", "/plain is not a data directory: it has no jetstream/slipstream",
            "/other", "holds data of another server ($G)",
            "/other/jetstream", "holds data of another server ($G)",
            "/new", "says \"slipstream-store 3\"",
            "/lost", "holds data and no FORMAT file");
    refused.forEach(
        (directory, why) ->
            assertThatThrownBy(() -> check(disk, Path.of(directory)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n"));
    assertThat(contents(disk)).isEqualTo(before);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void writeThatWasCutOffIsNotedAndIsNoDamage() throws StoreException {
    FaultyDisk disk = killed();
    StoreReport.Part last = lastLog(disk);
    Path path = HOME.resolve(last.file());
    byte[] bytes = disk.bytes(path);
    int end = (int) (LogFile.HEADER_BYTES + last.bytes());
    Arrays.fill(bytes, end - 10, end, (byte) 0);
    disk.put(path, bytes);
    StoreReport report = check(disk);
    assertThat(report.isSound()).isTrue();
    assertThat(report.notes())
        .singleElement()
        .asString()
        .contains(last.file(), "(byte " + (end - 52) + ")", "which a start drops");
  }

  /** The last record but one of a stream's messages in the log. */
  private static Hit lastButOne(FaultyDisk disk, long asset) throws IOException {
    LastRecords last = new LastRecords(asset);
    try (StoreDump dump = StoreDump.open(disk, DATA, new GoldenStore.Names())) {
      dump.log(0, last);
    }
    Path file = null;
    for (Path path : disk.files()) {
      long start = path.toString().endsWith(".log") ? start(disk, path) : Long.MAX_VALUE;
      if (start <= last.before && (file == null || start > start(disk, file))) {
        file = path;
      }
    }
    assertThat(file).isNotNull();
    int at = (int) (LogFile.HEADER_BYTES + last.before - start(disk, file));
    return new Hit(file, at, last.firstSeqBefore, last.lastSeqBefore);
  }

  private static long start(FaultyDisk disk, Path logFile) {
    return OutputBuffer.getLong(disk.bytes(logFile), 16);
  }

  /** A record of the log: its file, where it lies there, and its sequences. */
  private record Hit(Path file, int at, long firstSeq, long lastSeq) {}

  @Test
  void messagesInUnknownRecordsAreToldByTheSequencesThatAreMissing() throws IOException {
    FaultyDisk disk = killed();
    Hit hit = lastButOne(disk, 1);
    disk.flipBit(hit.file, 8L * (hit.at + RecordHeader.LENGTH + 3));
    assertThat(check(disk).damages())
        .anyMatch(d -> d.what().equals("unknown records") && d.fromByte() == hit.at)
        .anyMatch(
            d ->
                d.assetId() == 1
                    && d.firstSeq() == hit.firstSeq
                    && d.lastSeq() == hit.lastSeq
                    && d.fromByte() == hit.at);
  }

  @Test
  void damagedMessageOfTheLogIsNamedByItsStreamAndSequence() throws IOException {
    FaultyDisk disk = killed();
    Hit hit = lastButOne(disk, 2);
    int frame = hit.at + RecordHeader.BYTES + MessageCodec.BASE_BYTES + 2 + "orders.0".length();
    disk.flipBit(hit.file, 8L * frame);
    assertThat(check(disk).damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.what()).isEqualTo("a record (message), which the checkpoint has");
              assertThat(damage.assetId()).isEqualTo(2);
              assertThat(damage.firstSeq()).isEqualTo(hit.firstSeq);
              assertThat(damage.lastSeq()).isEqualTo(hit.firstSeq);
              assertThat(damage.fromByte()).isEqualTo(hit.at);
            });
  }

  /** Notes position and sequences of a stream's last record but one that has messages. */
  private static final class LastRecords implements StoreDump.Sink {
    private final long asset;
    private long position;
    private long firstSeq;
    private long lastSeq;
    private long before;
    private long firstSeqBefore;
    private long lastSeqBefore;

    LastRecords(long asset) {
      this.asset = asset;
    }

    @Override
    public boolean record(DumpedRecord record) {
      StoredMessage message = record.message();
      if (message != null && record.assetId() == asset) {
        int header = message.subjectFrom - 2 - MessageCodec.BASE_BYTES - RecordHeader.BYTES;
        if (header >= 0
            && RecordHeader.hasMagic(record.bytes(), header)
            && record.from() == message.subjectTo) {
          before = position;
          firstSeqBefore = firstSeq;
          lastSeqBefore = lastSeq;
          position = record.position();
          firstSeq = message.seq;
        }
        lastSeq = message.seq;
      }
      return true;
    }

    @Override
    public void damaged(StoreDamage damage) {
      throw new AssertionError(damage);
    }
  }

  @Test
  void missingAndCutSegmentFilesAreNamedWithTheirSequences() throws StoreException {
    FaultyDisk disk = killed();
    Path segment =
        disk.files().stream()
            .filter(path -> path.startsWith(HOME.resolve("segments")))
            .reduce((first, second) -> second)
            .orElseThrow();
    FaultyDisk without = new FaultyDisk();
    disk.files().stream()
        .filter(path -> !path.equals(segment))
        .forEach(path -> without.put(path, disk.bytes(path)));
    String name = HOME.relativize(segment).toString().replace('\\', '/');
    assertThat(check(without).damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.file()).isEqualTo(name);
              assertThat(damage.what()).contains("missing");
              assertThat(damage.firstSeq()).isPositive();
              assertThat(damage.lastSeq()).isGreaterThan(damage.firstSeq());
            });
    disk.put(segment, Arrays.copyOf(disk.bytes(segment), 100));
    assertThat(check(disk).damages())
        .anyMatch(damage -> damage.file().equals(name) && damage.what().contains("cut"));
  }

  @Test
  void damagedCheckpointIsNamedAndItsCopyUsed() throws StoreException {
    FaultyDisk disk = killed();
    disk.flipBit(HOME.resolve("checkpoint"), 8 * 40);
    StoreReport one = check(disk);
    assertThat(one.damages()).extracting(StoreDamage::file).containsOnly("checkpoint");
    assertThat(one.parts()).filteredOn(part -> part.assetId() > 0).hasSize(2);
    disk.flipBit(HOME.resolve("checkpoint.copy"), 8 * 40);
    StoreReport both = check(disk);
    assertThat(both.damages())
        .extracting(StoreDamage::file)
        .containsExactly("checkpoint", "checkpoint.copy");
    assertThat(both.notes()).anyMatch(note -> note.contains("a start refuses the directory"));
  }

  @Test
  void lostCheckpointIsDamage() throws StoreException {
    FaultyDisk disk = new FaultyDisk();
    FaultyDisk whole = killed();
    whole.files().stream()
        .filter(path -> !path.getFileName().toString().startsWith("checkpoint"))
        .forEach(path -> disk.put(path, whole.bytes(path)));
    disk.put(HOME.resolve("checkpoint.copy"), whole.bytes(HOME.resolve("checkpoint.copy")));
    assertThat(check(disk).damages())
        .singleElement()
        .satisfies(damage -> assertThat(damage.file()).isEqualTo("checkpoint"));
  }

  @Test
  void progressGrowsUpToTheWhole() throws StoreException {
    FaultyDisk disk = killed();
    long[] last = {0, 0};
    StoreCheck.run(
        disk,
        DATA,
        StoreNames.NONE,
        (read, of) -> {
          assertThat(read).isBetween(last[0], of);
          last[0] = read;
          last[1] = of;
        });
    assertThat(last[0]).isPositive().isGreaterThan(last[1] / 2);
  }

  @Test
  void storeIsSoundAfterEveryCrash() {
    Seeds.forEach(400, StoreCheckTest::crashAndCheck);
  }

  private static void crashAndCheck(long seed, RandomGenerator random) throws Exception {
    FaultyDisk disk = new FaultyDisk();
    SimulatedServer server =
        new SimulatedServer(disk, CrashTest.smallFiles(random), 1 + random.nextInt(2), random);
    for (int life = 0; life < 5; life++) {
      server.start();
      CrashTest.work(server, random.nextInt(400), random);
      if (random.nextInt(3) > 0) {
        server.crash();
      } else {
        server.kill();
      }
      FaultyDisk left = disk.copy();
      Map<Path, Integer> before = contents(left);
      StoreReport report = StoreCheck.run(left, DATA, StoreNames.NONE, (read, of) -> {});
      assertThat(report.damages()).as("life %d", life).isEmpty();
      assertThat(contents(left)).isEqualTo(before);
    }
  }

  @Test
  void whatAStartFindsDamagedIsReported() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          FaultyDisk disk = new FaultyDisk();
          StoreOptions.Builder options = CrashTest.smallFiles(random);
          SimulatedServer server = new SimulatedServer(disk, options, 1, random);
          server.start();
          CrashTest.work(server, 300, random);
          server.kill();
          List<Path> files =
              disk.files().stream()
                  .filter(path -> disk.bytes(path).length > 0 && !path.endsWith("FORMAT"))
                  .toList();
          for (int flip = 0; flip < 20; flip++) {
            FaultyDisk hurt = disk.copy();
            Path path = files.get(random.nextInt(files.size()));
            hurt.flipBit(path, random.nextLong(hurt.bytes(path).length * 8L));
            boolean sound = StoreCheck.run(hurt, DATA, StoreNames.NONE, (r, of) -> {}).isSound();
            StoreStats stats = startedStats(hurt, options);
            boolean startIsContent =
                stats != null && stats.damagedRanges() == 0 && stats.damagedMessages() == 0;
            assertThat(sound && !startIsContent).as("%s", path).isFalse();
          }
        });
  }

  /** What a start says; null when it refuses. */
  private static @Nullable StoreStats startedStats(FaultyDisk disk, StoreOptions.Builder options) {
    SimulatedServer any = new SimulatedServer(disk, options, 1, new SplittableRandom(1));
    try (Store store = Store.open(options.build(), disk, DATA, any.simulation.clock())) {
      store.recover(RecordTaker.ignoring());
      return store.stats();
    } catch (StoreException refused) {
      return null;
    }
  }
}
