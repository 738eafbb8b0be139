// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.JavaProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program of the examples as a process of its own, which can be killed, ended in order, and
 * launched again; what it prints in all its lives is one list of lines.
 *
 * <p>Owned by the thread of the test.
 */
final class ExampleProcess implements AutoCloseable {
  private final Class<?> main;
  private final Path output;
  private final Path errors;
  private final List<String> lines = new ArrayList<>();
  private long readUpTo;
  private String begunLine = "";
  private @Nullable Process process;

  /** A program that does not run yet and prints to files of a directory. */
  ExampleProcess(Class<?> main, Path directory) {
    this.main = main;
    this.output = directory.resolve(main.getSimpleName() + ".out");
    this.errors = directory.resolve(main.getSimpleName() + ".err");
  }

  /** Starts it; it need not have come far when this returns. */
  void launch(String... arguments) {
    // a start is what most of its lives are: no time for the better compiler
    List<String> flags = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    try {
      process =
          new ProcessBuilder(JavaProgram.command(flags, main, arguments))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
              .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Ends it without warning (SIGKILL), and returns when it is gone. */
  void kill() throws InterruptedException {
    running().destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** Has it end in order (SIGTERM); its exit code, which has to come within {@code limit}. */
  int terminate(Duration limit) throws InterruptedException {
    running().destroy();
    return awaitExit(limit);
  }

  /** Its exit code, which has to come within {@code limit}. */
  int awaitExit(Duration limit) throws InterruptedException {
    if (!running().waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(main.getSimpleName() + " did not end in " + limit + told());
    }
    return running().exitValue();
  }

  /** What it has printed so far, in all its lives. */
  List<String> lines() {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      byte[] fresh = new byte[(int) (file.length() - readUpTo)];
      file.seek(readUpTo);
      file.readFully(fresh);
      readUpTo += fresh.length;
      String text = begunLine + new String(fresh, StandardCharsets.US_ASCII);
      int end = text.lastIndexOf('\n') + 1;
      lines.addAll(text.substring(0, end).lines().toList());
      begunLine = text.substring(end);
      return Collections.unmodifiableList(lines);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Returns when it has printed so many lines, in all its lives. */
  void awaitLines(int count, Duration limit) {
    Eventually.holds(
        limit,
        () -> lines().size() + " lines instead of " + count + told(),
        () -> {
          checkAlive();
          return lines().size() >= count;
        });
  }

  /** Fails when it has ended by itself. */
  void checkAlive() {
    if (!running().isAlive()) {
      throw new AssertionError(main.getSimpleName() + " has ended" + told());
    }
  }

  /** What it said on its error stream, in all its lives. */
  String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private String told() {
    String all = errors();
    return "; it said:\n" + all.substring(Math.max(0, all.length() - 4_000));
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(main.getSimpleName() + " was not launched");
    }
    return process;
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
