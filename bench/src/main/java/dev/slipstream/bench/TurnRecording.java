// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Records the turns of the loops of a server in this process, as the server tells them to Java
 * Flight Recorder, from its beginning to {@link #longestMillis}.
 */
final class TurnRecording implements AutoCloseable {
  private static final String TURN = "dev.slipstream.LoopTurn";
  private static final Duration THRESHOLD = Duration.ofNanos(100_000);

  private final Recording recording = new Recording();

  private TurnRecording() {}

  static TurnRecording start() {
    TurnRecording started = new TurnRecording();
    started.recording.enable(TURN).withThreshold(THRESHOLD);
    started.recording.start();
    return started;
  }

  /**
   * How long a loop's thread had a processor at most in a turn, in milliseconds; 0 when each took
   * less than a tenth of one. Ends the recording.
   */
  double longestMillis() throws IOException {
    recording.stop();
    Path file = Files.createTempFile("turns", ".jfr");
    try {
      recording.dump(file);
      long longestNanos = 0;
      try (RecordingFile events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          RecordedEvent event = events.readEvent();
          if (event.getEventType().getName().equals(TURN)) {
            longestNanos = Math.max(longestNanos, event.getDuration("cpuNanos").toNanos());
          }
        }
      }
      return longestNanos / 1e6;
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
