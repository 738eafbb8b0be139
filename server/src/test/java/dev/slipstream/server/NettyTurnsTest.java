// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NettyTurnsTest {
  private static final int VISITS = 20;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRecordingHasTheTurnsAndNotTheWaitBetween(boolean nativeTransport, @TempDir Path dir)
      throws Exception {
    Path file = dir.resolve("turns.jfr");
    try (SlipstreamServer server =
            SlipstreamServer.builder().loops(1).nativeTransport(nativeTransport).start();
        WireClient client = new WireClient(server.port());
        Recording recording = new Recording()) {
      recording.enable("dev.slipstream.LoopTurn").withThreshold(Duration.ZERO);
      recording.start();
      long beganNanos = System.nanoTime();
      for (int i = 0; i < VISITS; i++) {
        client.send("PING\r\n");
        client.await("PONG");
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      long tookNanos = System.nanoTime() - beganNanos;
      recording.stop();
      recording.dump(file);
      List<RecordedEvent> turns =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getThread().getJavaName().contains("-loop-"))
              .toList();
      assertThat(turns).hasSizeGreaterThanOrEqualTo(VISITS - 1); // the last has not ended yet
      long turnsNanos = turns.stream().mapToLong(turn -> turn.getDuration().toNanos()).sum();
      assertThat(turnsNanos).isPositive().isLessThan(tookNanos - VISITS * PAUSE_NANOS / 2);
      assertThat(turns)
          .allSatisfy(turn -> assertThat(turn.getDuration("cpuNanos").toNanos()).isPositive());
    }
  }
}
