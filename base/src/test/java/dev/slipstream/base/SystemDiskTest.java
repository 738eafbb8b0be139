// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is read once is what is there, whatever the pages that the system reads are. */
class SystemDiskTest {
  private static final int BYTES = (3 << 19) + 123;

  private final Random random = new Random(1);
  private final byte[] written = new byte[BYTES];

  private DiskFile file(Path path) throws IOException {
    random.nextBytes(written);
    DiskFile file = Disk.system().open(path, Disk.Access.CREATE);
    file.write(ByteBuffer.wrap(written), 0);
    return file;
  }

  private void assertReads(DiskFile file, int from, int to) throws IOException {
    byte[] read = new byte[to - from + 2];
    file.readOnce(ByteBuffer.wrap(read, 1, to - from), from);
    byte[] expected = new byte[read.length];
    System.arraycopy(written, from, expected, 1, to - from);
    assertThat(Arrays.mismatch(read, expected)).as("%d to %d", from, to).isNegative();
  }

  @Test
  void anyRangeIsReadOnceAsItIsReadTwice(@TempDir Path directory) throws IOException {
    try (DiskFile file = file(directory.resolve("ranges"))) {
      assertReads(file, 0, BYTES);
      assertReads(file, 4096, 8192);
      assertReads(file, BYTES - 1, BYTES);
      for (int i = 0; i < 300; i++) {
        int from = random.nextInt(BYTES);
        assertReads(file, from, from + random.nextInt(BYTES - from + 1));
      }
    }
  }

  @Test
  void whatHasJustBeenWrittenIsSeen(@TempDir Path directory) throws IOException {
    try (DiskFile file = file(directory.resolve("written"))) {
      assertReads(file, 1000, 10_000);
      Arrays.fill(written, 2000, 3000, (byte) 7);
      file.write(ByteBuffer.wrap(written, 2000, 1000), 2000);
      assertReads(file, 1000, 10_000);
    }
  }

  @Test
  void theEndOfTheFileIsToldAlike(@TempDir Path directory) throws IOException {
    try (DiskFile file = file(directory.resolve("end"))) {
      for (int beyond : new int[] {1, 5000, 1 << 20}) {
        ByteBuffer into = ByteBuffer.allocate(100 + beyond);
        assertThatThrownBy(() -> file.readOnce(into, BYTES - 100)).isInstanceOf(EOFException.class);
      }
      assertThatThrownBy(() -> file.readOnce(ByteBuffer.allocate(1), BYTES + 10_000))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // where an open file keeps its name
  void aFileWithoutANameIsReadAllTheSame(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("deleted");
    try (DiskFile file = file(path)) {
      Disk.system().delete(path); // which cannot be opened once more
      assertReads(file, 10, BYTES - 10);
    }
  }
}
