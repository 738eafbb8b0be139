// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.FaultyDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenSegmentsTest {
  private final FaultyDisk disk = new FaultyDisk();
  private final Path directory = Path.of("/segments");
  private final SegmentFile written = new SegmentFile(directory, 1, 1);
  private final SegmentFile other = new SegmentFile(directory, 2, 2);

  @Test
  void failedSyncOfAFileThatMakesRoomIsNoFailureToReadTheOther() throws IOException {
    disk.createDirectories(directory);
    try (OpenSegments open = new OpenSegments(disk, 1)) {
      open.create(written);
      open.get(written).write(ByteBuffer.allocate(10), 0);
      written.unsyncedBytes = 1;
      disk.failAt(2, FaultyDisk.Fault.IO_ERROR); // after the other is opened
      // an IOException would be taken for one of the file that is read, and tried again
      assertThatThrownBy(() -> open.create(other)).isInstanceOf(UncheckedIOException.class);
      assertThat(disk.hasFailed()).isTrue();
      assertThat(written.unsyncedBytes).isPositive();
    }
  }
}
