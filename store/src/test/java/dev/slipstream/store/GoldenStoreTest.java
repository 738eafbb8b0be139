// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.TemporaryDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bytes of data formats 1 and 2, as they were committed with them: written the same today, and
 * read.
 *
 * <p>{@code -Dslipstream.golden=write} writes the committed files anew, for a change of the format
 * that is meant; the test then fails once, so that nobody runs with it by accident.
 */
class GoldenStoreTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path HOME = SimulatedServer.DIRECTORY.resolve("jetstream/slipstream");

  /** The files of a disk by their path below the store's home; the lock is none of the format. */
  private static Map<String, byte[]> files(FaultyDisk disk) {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path path : disk.files()) {
      if (!path.endsWith("LOCK")) {
        files.put(HOME.relativize(path).toString().replace('\\', '/'), disk.bytes(path));
      }
    }
    return files;
  }

  private static Path golden(int format) {
    return GOLDEN.resolve("format-" + format);
  }

  private static Map<String, byte[]> committed(int format) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    Path golden = golden(format);
    try (Stream<Path> found = Files.walk(golden)) {
      for (Path path : found.filter(Files::isRegularFile).toList()) {
        files.put(golden.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private static FaultyDisk committedDisk(int format) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    committed(format).forEach((name, bytes) -> disk.put(HOME.resolve(name), bytes));
    return disk;
  }

  static StoreReport check(FaultyDisk disk) throws StoreException {
    return StoreCheck.run(
        disk, SimulatedServer.DIRECTORY, new GoldenStore.Names(), (read, of) -> {});
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void todaysCodeWritesTheCommittedBytes(int format) throws IOException {
    Map<String, byte[]> written = files(GoldenStore.write(format).disk);
    if ("write".equals(System.getProperty("slipstream.golden"))) {
      replaceCommitted(golden(format), written);
      throw new AssertionError(
          "written to " + golden(format).toAbsolutePath() + "; run again without");
    }
    Map<String, byte[]> committed = committed(format);
    assertThat(written.keySet()).isEqualTo(committed.keySet());
    written.forEach(
        (name, bytes) ->
            assertThat(Arrays.mismatch(bytes, committed.get(name)))
                .as("first byte that differs in %s", name)
                .isEqualTo(-1));
  }

  private static void replaceCommitted(Path golden, Map<String, byte[]> written)
      throws IOException {
    TemporaryDirectory.remove(golden);
    for (Map.Entry<String, byte[]> file : written.entrySet()) {
      Path path = golden.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void todaysCodeReadsTheKnownMessagesOfTheCommittedBytes(int format) throws IOException {
    GoldenStore opened = new GoldenStore(format, committedDisk(format));
    GoldenStore.known(format)
        .forEach(
            (id, plain) ->
                assertThat(opened.messages(id)).isEqualTo(List.copyOf(plain.messages.values())));
    assertThat(opened.messages(1)).hasSize(67 - 12);
    assertThat(opened.messages(2)).hasSize(27 - 1);
    assertThat(opened.messages(1).get(0))
        .isEqualTo(
            Messages.message(
                10,
                1_767_225_600_012_000_000L,
                "orders.2",
                "NATS/1.0\r\nNats-Msg-Id: 10\r\n\r\n",
                GoldenStore.payload(format, 10)));
    assertThat(opened.stats().damagedRanges()).isZero();
    assertThat(opened.stats().damagedMessages()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void checkFindsTheCommittedBytesSoundAndChangesNothing(int format) throws IOException {
    FaultyDisk disk = committedDisk(format);
    Map<String, byte[]> before = files(disk);
    StoreReport report = check(disk);
    assertThat(report.damages()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.parts()).extracting(StoreReport.Part::damaged).containsOnly(0L);
    assertThat(report.parts())
        .extracting(StoreReport.Part::file)
        .contains("FORMAT", "checkpoint", "checkpoint.copy", "log/00000000.log");
    assertThat(report.parts())
        .filteredOn(part -> part.assetId() == 1)
        .singleElement()
        .satisfies(part -> assertThat(part.records()).isGreaterThan(50));
    assertThat(disk.files()).hasSameSizeAs(before.keySet());
    files(disk).forEach((name, bytes) -> assertThat(bytes).isEqualTo(before.get(name)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyFlippedByteThatMeansSomethingIsReportedWhereItIs(int format) throws IOException {
    Map<String, byte[]> committed = committed(format);
    Map<String, boolean[]> meaning = meaning(format);
    FaultyDisk disk = committedDisk(format);
    for (Map.Entry<String, byte[]> file : committed.entrySet()) {
      String name = file.getKey();
      boolean[] means = meaning.get(name);
      // where nothing is verified a look here and there is enough
      for (int at = 0; at < means.length && !name.equals("FORMAT"); at++) {
        if (!means[at] && at % 7 > 0) {
          continue;
        }
        long bit = at * 8L + at % 8;
        disk.flipBit(HOME.resolve(name), bit);
        StoreReport report = check(disk);
        disk.flipBit(HOME.resolve(name), bit);
        assertThat(report.isSound()).as("%s at %d", name, at).isEqualTo(!means[at]);
        int byteAt = at;
        if (means[at]) {
          assertThat(report.damages())
              .as("%s at %d", name, at)
              .anyMatch(
                  damage ->
                      damage.file().equals(name)
                          && damage.fromByte() <= byteAt
                          && byteAt < damage.toByte());
        }
      }
    }
  }

  /** Which bytes of each file belong to something that is verified. */
  private static Map<String, boolean[]> meaning(int format) throws IOException {
    Map<String, boolean[]> meaning = new TreeMap<>();
    FaultyDisk disk = committedDisk(format);
    committed(format).forEach((name, bytes) -> meaning.put(name, new boolean[bytes.length]));
    long lastRecord = 0;
    String lastFile = "";
    for (StoreReport.Part part : check(disk).parts()) {
      if (part.file().startsWith("checkpoint")) {
        Arrays.fill(meaning.get(part.file()), true);
      } else if (part.file().startsWith("log/") && part.records() > 0) {
        boolean[] bytes = meaning.get(part.file());
        Arrays.fill(bytes, 0, LogFile.USED_BYTES, true);
        int end = (int) (LogFile.HEADER_BYTES + part.bytes());
        Arrays.fill(bytes, LogFile.HEADER_BYTES, end, true);
        lastRecord = end - 52L; // it cannot vouch for itself
        lastFile = part.file();
      }
    }
    Arrays.fill(meaning.get(lastFile), (int) lastRecord, (int) lastRecord + 52, false);
    byte[] checkpoint = committed(format).get("checkpoint");
    Path path = HOME.resolve("checkpoint");
    try (StoreDirectory directory = StoreDirectory.openForReading(disk, SimulatedServer.DIRECTORY);
        CheckpointScan scan =
            new CheckpointScan(
                path,
                disk.open(path, dev.slipstream.base.Disk.Access.READ),
                new CheckFindings(HOME, (read, of) -> {}))) {
      assertThat(scan.window.size()).isEqualTo(checkpoint.length);
      OfflineSegments segments = new OfflineSegments(directory);
      for (CheckpointScan.Section section : scan.sections) {
        if (section.manifestLength() > 0) {
          ManifestReader manifest = scan.manifest(section);
          while (manifest.next()) {
            Path segment = segments.path(section.assetId(), manifest.fileNumber);
            boolean[] bytes = meaning.get(HOME.relativize(segment).toString().replace('\\', '/'));
            int from = (int) manifest.offset;
            Arrays.fill(bytes, from, from + manifest.storedBytes, true);
            int footer = (int) manifest.footerOffset;
            Arrays.fill(bytes, footer, footer + manifest.footerLength, true);
          }
        }
      }
      assertThat(directory.home).isEqualTo(HOME);
    }
    return meaning;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void flippedFormatIsRefused(int format) throws IOException {
    FaultyDisk disk = committedDisk(format);
    disk.flipBit(HOME.resolve("FORMAT"), 17 * 8);
    assertThatThrownBy(() -> check(disk))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nothing was changed");
  }

  @Test
  void mostBlocksOfFormatTwoAreCompressedAndNoneOfFormatOne() throws IOException {
    assertThat(compressedBlocks(1)).isZero();
    assertThat(compressedBlocks(2)).isGreaterThan(4);
    assertThat(new String(committed(1).get("FORMAT"), StandardCharsets.US_ASCII))
        .isEqualTo("slipstream-store 1\n");
    assertThat(new String(committed(2).get("FORMAT"), StandardCharsets.US_ASCII))
        .isEqualTo("slipstream-store 2\n");
  }

  private static int compressedBlocks(int format) throws IOException {
    int compressed = 0;
    Path path = HOME.resolve("checkpoint");
    try (CheckpointScan scan =
        new CheckpointScan(
            path,
            committedDisk(format).open(path, dev.slipstream.base.Disk.Access.READ),
            new CheckFindings(HOME, (read, of) -> {}))) {
      for (CheckpointScan.Section section : scan.sections) {
        if (section.manifestLength() > 0) {
          ManifestReader manifest = scan.manifest(section);
          while (manifest.next()) {
            compressed += manifest.compressed ? 1 : 0;
          }
        }
      }
    }
    return compressed;
  }
}
