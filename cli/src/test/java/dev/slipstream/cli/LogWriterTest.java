// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Clock;
import dev.slipstream.server.config.LogConfig;
import dev.slipstream.testkit.ManualClock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogWriterTest {

  private static final LocalDateTime NOON = LocalDateTime.of(2026, 8, 21, 12, 0);
  private static final LogLine FORM = new LogLine(1, false, ZoneOffset.UTC, false);

  @TempDir private Path dir;

  private LogWriter writer(Path file) throws IOException {
    return new LogWriter(LogOutput.file(file, 0, 0), FORM, Clock.system(), ZoneOffset.UTC);
  }

  @Test
  void linesAreAppendedInOrderAndWrittenOutAtTheEnd() throws IOException {
    Path file = Files.writeString(dir.resolve("log"), "old\n");
    try (LogWriter writer = writer(file)) {
      for (int i = 0; i < 5000; i++) {
        writer.write(LogLevel.INFO, "line " + i);
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(5001).startsWith("old", "[1] [INF] line 0");
    assertThat(lines.get(5000)).isEqualTo("[1] [INF] line 4999");
  }

  @Test
  void newFileIsNotForAllToRead() throws IOException {
    Path file = dir.resolve("log");
    writer(file).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void linesThatDoNotFitAreCounted() throws Exception {
    Path fifo = dir.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    // A pipe that nobody reads stops the writer; opened for both, it can be opened at once.
    try (FileChannel reader =
        FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      LogWriter writer = writer(fifo);
      String message = "x".repeat(1000);
      for (int i = 0; i < 3 * LogWriter.MAX_LINES; i++) {
        writer.write(LogLevel.INFO, message);
      }
      Path copy = dir.resolve("copy");
      Process cat =
          new ProcessBuilder("cat", fifo.toString()).redirectOutput(copy.toFile()).start();
      writer.write(LogLevel.INFO, "last");
      writer.close();
      reader.close();
      assertThat(cat.waitFor()).isZero();
      assertThat(Files.readString(copy)).contains("log lines were dropped");
    }
  }

  @Test
  void fileThatWasMovedAwayIsBegunAnew() throws IOException {
    Path file = dir.resolve("log");
    try (LogWriter writer = writer(file)) {
      writer.write(LogLevel.INFO, "one");
      Files.move(file, dir.resolve("moved"));
      writer.reopen();
      writer.write(LogLevel.INFO, "two");
    }
    assertThat(dir.resolve("moved")).hasContent("[1] [INF] one\n");
    assertThat(file).hasContent("[1] [INF] two\n");
  }

  @Test
  void fileThatIsFullIsSetAsideAndOnlySomeAreKept() throws IOException {
    Path file = dir.resolve("log");
    Files.writeString(dir.resolve("log.other"), "not ours");
    LogOutput output = LogOutput.file(file, 10, 3);
    for (int i = 0; i < 5; i++) {
      output.write(("line number " + i + "\n").getBytes(), NOON.plusSeconds(i));
    }
    output.write("rest\n".getBytes(), NOON);
    output.close();
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "log",
              "log.other",
              "log.2026.08.21.12.00.03.000000000",
              "log.2026.08.21.12.00.04.000000000");
    }
    assertThat(file).hasContent("rest\n");
    assertThat(dir.resolve("log.2026.08.21.12.00.04.000000000")).hasContent("line number 4\n");
  }

  @Test
  void fileThatCannotBeOpenedIsAnError() {
    assertThatThrownBy(() -> LogOutput.file(dir.resolve("no/log"), 0, 0))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void loggersWriteToTheLogOfTheProcess() throws IOException {
    Path file = dir.resolve("log");
    Logger own = LoggerFactory.getLogger("dev.slipstream.server.Some");
    Logger library = LoggerFactory.getLogger("io.netty.Some");
    own.info("before there is a log");
    LogConfig config = new LogConfig(true, false, false, true, true, file, 0, 0);
    try (ServerLog log = ServerLog.open(config, new ManualClock(), true)) {
      own.info("{} and {}", 1, "two");
      own.debug("detail");
      own.trace("protocol");
      library.info("chatter");
      library.debug("more chatter");
      library.warn("careful", new IllegalStateException("why"));
      assertThat(own.isDebugEnabled()).isTrue();
      assertThat(own.isTraceEnabled()).isFalse();
      assertThat(library.isInfoEnabled()).isFalse();
      log.fatal("end");
    }
    own.info("after the log");
    String prefix = "[" + ProcessHandle.current().pid() + "] ";
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).allMatch(line -> line.startsWith(prefix));
    assertThat(lines.stream().map(line -> line.substring(line.indexOf(" [") + 1)))
        .startsWith(
            "[INF] 1 and two",
            "[DBG] detail",
            "[WRN] careful: java.lang.IllegalStateException: why")
        .endsWith("[FTL] end");
    assertThat(lines.get(3)).contains("[WRN] \tat ");
  }
}
