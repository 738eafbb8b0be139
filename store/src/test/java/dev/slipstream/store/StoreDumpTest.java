// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.FaultyDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreDumpTest {
  private static final Path HOME = SimulatedServer.DIRECTORY.resolve("jetstream/slipstream");

  /** Keeps what it is shown, up to a number of records. */
  private static final class Shown implements StoreDump.Sink {
    final int limit;
    final List<Long> positions = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<PlainStream.Message> living = new ArrayList<>();
    final List<Long> seqs = new ArrayList<>();
    final List<StoreDamage> damages = new ArrayList<>();

    Shown(int limit) {
      this.limit = limit;
    }

    @Override
    public boolean record(DumpedRecord record) {
      positions.add(record.position());
      types.add(record.type());
      StoredMessage stored = record.message();
      if (stored != null) {
        PlainStream.Message message = Messages.of(stored);
        seqs.add(message.seq());
        if (!record.removed()) {
          living.add(message);
        }
      }
      return positions.size() < limit;
    }

    @Override
    public void damaged(StoreDamage damage) {
      damages.add(damage);
    }
  }

  private static FaultyDisk killed() throws StoreException {
    FaultyDisk disk = GoldenStore.write(1).disk;
    disk.kill();
    return disk;
  }

  private static StoreDump open(FaultyDisk disk) throws StoreException {
    return StoreDump.open(disk, SimulatedServer.DIRECTORY, new GoldenStore.Names());
  }

  @Test
  void logIsShownFromItsOldestRecordToItsEnd() throws IOException {
    Shown all = new Shown(Integer.MAX_VALUE);
    Shown some = new Shown(3);
    try (StoreDump dump = open(killed())) {
      dump.log(0, all);
      long third = all.positions.get(2);
      dump.log(third, some);
    }
    // the first file of the ring was begun anew
    assertThat(all.positions).startsWith(0x747L).isSorted().doesNotHaveDuplicates();
    assertThat(all.types).startsWith("batch").contains("message", "removed");
    assertThat(all.seqs).hasSize(75).endsWith(65L, 66L, 67L, 25L, 26L, 27L);
    assertThat(some.positions).isEqualTo(all.positions.subList(2, 5));
    assertThat(all.damages).isEmpty();
  }

  @Test
  void streamIsShownFromItsBlocksAndThenFromTheLog() throws IOException {
    PlainStream plain = GoldenStore.known(1).get(2L);
    Shown all = new Shown(Integer.MAX_VALUE);
    Shown some = new Shown(2);
    try (StoreDump dump = open(killed())) {
      dump.stream(2, 0, all);
      dump.stream(2, 23, some);
    }
    assertThat(all.seqs).isSorted().hasSize(27);
    assertThat(all.living).containsAll(plain.messages.values());
    assertThat(all.types).endsWith("message", "removed");
    assertThat(some.seqs).containsExactly(23L, 24L);
  }

  @Test
  void removedMessagesOfBlocksAreMarked() throws IOException {
    Shown all = new Shown(Integer.MAX_VALUE);
    try (StoreDump dump = open(killed())) {
      dump.stream(dump.find("ORDERS"), 0, all);
    }
    assertThat(all.living)
        .containsExactlyElementsOf(GoldenStore.known(1).get(1L).messages.values());
    assertThat(all.seqs).contains(30L, 41L, 60L);
  }

  @Test
  void streamIsFoundByNumberAndByName() throws IOException {
    try (StoreDump dump = open(killed())) {
      assertThat(dump.find("7")).isEqualTo(7);
      assertThat(dump.find("EVENTS")).isEqualTo(2);
      assertThatThrownBy(() -> dump.find("NONE"))
          .isInstanceOf(StoreException.class)
          .hasMessage("no stream NONE is known");
    }
  }

  @Test
  void damageIsShownWhereItLiesAndTheRestGoesOn() throws IOException {
    FaultyDisk disk = killed();
    int base = LogFile.HEADER_BYTES + 52 + RecordHeader.BYTES;
    int frame = base + MessageCodec.BASE_BYTES + 2 + "orders.0".length();
    disk.flipBit(HOME.resolve("log/00000001.log"), 8L * frame);
    flipMessage(disk, "payload 50");
    Shown log = new Shown(Integer.MAX_VALUE);
    Shown stream = new Shown(Integer.MAX_VALUE);
    try (StoreDump dump = open(disk)) {
      dump.log(0, log);
      dump.stream(1, 0, stream);
    }
    assertThat(log.damages)
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.file()).isEqualTo("log/00000001.log");
              assertThat(damage.fromByte()).isEqualTo(base); // which may be damaged as well
            });
    assertThat(log.seqs).hasSize(74);
    assertThat(stream.damages)
        .singleElement()
        .satisfies(damage -> assertThat(damage.file()).startsWith("segments/"));
    assertThat(stream.seqs).contains(49L, 51L, 67L).doesNotContain(50L);
  }

  /** Turns a bit of a message over that lies in a segment file of the first stream. */
  private static void flipMessage(FaultyDisk disk, String payload) {
    for (Path path : disk.files()) {
      String text = new String(disk.bytes(path), StandardCharsets.ISO_8859_1);
      if (path.startsWith(HOME.resolve("segments")) && text.contains(payload)) {
        disk.flipBit(path, 8L * text.indexOf(payload));
        return;
      }
    }
    throw new AssertionError("no segment file has " + payload);
  }
}
