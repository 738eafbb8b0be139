// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.JavaProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who needs the native library loads it, nobody else does, and where it is missing data is read.
 */
class SnappyLoadingTest {
  private static final int MESSAGES = 20_000;

  private static final StoreOptions SMALL =
      StoreOptions.builder()
          .firstLogFileBytes(256 << 10)
          .logFileBytes(1 << 20)
          .logBytes(4 << 20)
          .blockBytes(16 << 10)
          .cacheBytes(64 << 10)
          .build();

  @TempDir Path directory;

  /** What a process printed. */
  private record Output(String lines, String errors) {}

  private Output run(String mode, String... flags) throws Exception {
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    Path lines = Files.createTempFile(directory, "lines", ".txt");
    List<String> all = new ArrayList<>(List.of("-Xmx256m", "-Xlog:class+load:stdout"));
    if (Runtime.version().feature() >= 23) {
      all.add("--enable-native-access=ALL-UNNAMED"); // as the launcher says
    }
    all.addAll(List.of(flags));
    List<String> command =
        JavaProgram.command(all, Child.class, directory.resolve("data").toString(), mode);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(lines.toFile())
            .redirectError(errors.toFile())
            .start();
    int exit = process.waitFor();
    Output output = new Output(read(lines), read(errors));
    assertThat(exit).as("%s", output.errors).isZero();
    return output;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private long segmentBytes() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("data/jetstream/slipstream/segments"))) {
      return files.mapToLong(path -> path.toFile().length()).sum();
    }
  }

  @Test
  void storeWithoutCompressionLoadsNothingOfTheLibrary() throws Exception {
    Output output = run("write");
    assertThat(output.lines)
        .contains("dev.slipstream.store.SegmentBlocks")
        .doesNotContain("org.xerial.snappy");
    assertThat(output.errors).isEmpty();
  }

  @Test
  void storeWithCompressionLoadsTheLibraryAndNobodyWarns() throws Exception {
    Output output = run("compress");
    assertThat(output.lines).contains("org.xerial.snappy.SnappyNative");
    assertThat(output.errors).isEmpty();
    assertThat(segmentBytes()).isLessThan(MESSAGES * 50L);
    assertThat(run("read").errors).isEmpty();
  }

  @Test
  void withoutTheLibraryBlocksStayPlainAndCompressedOnesAreRead() throws Exception {
    String[] none = {
      "-Dorg.xerial.snappy.disable.bundled.libs=true", "-Djava.library.path=" + directory
    };
    run("compress");
    long compressed = segmentBytes();
    Output output = run("compress", none);
    assertThat(output.errors)
        .contains("the native library of snappy-java cannot be loaded")
        .containsOnlyOnce("WARNING:");
    assertThat(segmentBytes() - compressed).isGreaterThan(MESSAGES * 100L);
    run("read", none);
    run("read");
  }

  /** The process: appends messages and reads all that are there, or reads only. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      boolean reads = arguments[1].equals("read");
      try (LiveServer server = new LiveServer(SMALL, Path.of(arguments[0]), 1, 100)) {
        LiveServer.Engine engine = server.engines.get(0);
        engine.loop.execute(() -> engine.stream().compress(arguments[1].equals("compress")));
        if (!reads) {
          long last = engine.nextSeq + MESSAGES;
          java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(1);
          engine.onAcknowledged =
              seq -> {
                if (seq == last) {
                  done.countDown();
                }
              };
          for (int i = 0; i < MESSAGES; i += 100) {
            engine.loop.execute(() -> engine.append(100));
          }
          done.await();
        }
        LiveStoreTest.readAll(engine, engine.nextSeq);
      }
    }
  }
}
