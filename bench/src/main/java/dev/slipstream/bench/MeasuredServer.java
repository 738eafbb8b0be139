// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.NatsClient;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server process under measurement: started by a command line, asked for its processor time, its
 * memory and, where its monitoring page tells, the figures of its log.
 *
 * <p>The command must replace itself with the server (a script ends in {@code exec}), because time
 * and memory are read for the process that was started. Linux only.
 */
final class MeasuredServer implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final ServerProcess process;
  private final int httpPort;
  private final double readyMillis;

  private MeasuredServer(ServerProcess process, int httpPort, double readyMillis) {
    this.process = process;
    this.httpPort = httpPort;
    this.readyMillis = readyMillis;
  }

  /**
   * Starts a server and returns once a client has an answer from JetStream.
   *
   * @param command a line for the shell, with {dir}, {port} and, where wanted, {http} to be filled
   *     in
   */
  static MeasuredServer start(String command, Path directory) throws IOException {
    int http = command.contains("{http}") ? ServerProcess.freePort() : 0;
    String line = "exec " + command.replace("{http}", "" + http);
    Files.createDirectories(directory);
    ServerProcess process =
        ServerProcess.commandLine(List.of("/bin/sh", "-c", line))
            .store(directory.resolve("data"))
            .stopPatience(STOP_PATIENCE)
            .reserve();
    long began = System.nanoTime();
    process.launch();
    while (!answers(process.url())) {
      if (!process.isAlive() || System.nanoTime() - began > START_NANOS) {
        try (process) {
          throw new IOException(line + " did not become ready: " + process.log());
        }
      }
      LockSupport.parkNanos(POLL_NANOS); // a spinning one would take a core from the start
    }
    return new MeasuredServer(process, http, (System.nanoTime() - began) / 1e6);
  }

  private static boolean answers(String url) {
    try (NatsClient client = NatsClient.connect(url)) {
      client.jetStream().account();
      return true;
    } catch (RuntimeException notYet) {
      return false;
    }
  }

  String url() {
    return process.url();
  }

  /** From the command to JetStream's first answer. */
  double readyMillis() {
    return readyMillis;
  }

  /** User and system time so far. */
  long cpuNanos() {
    return ProcessFigures.cpuNanos(process.pid());
  }

  /** The largest resident set so far. */
  double peakMebibytes() {
    return ProcessFigures.peakMebibytes(process.pid());
  }

  /** What the log has done so far; all 0 for a server that does not tell. */
  LogFigures logFigures() {
    if (httpPort == 0) {
      return LogFigures.NONE;
    }
    String page = get("http://127.0.0.1:" + httpPort + "/varz");
    return page.contains("slipstream_log")
        ? new LogFigures(
            (long) number(page, "\"syncs\": (\\d+)"),
            (long) number(page, "\"records\": (\\d+)"),
            number(page, "\"sync_p50\": (\\d+)") / 1000,
            number(page, "\"sync_p99\": (\\d+)") / 1000,
            (long) number(page, "\"checkpoints\": (\\d+)"),
            (long) number(page, "\"checkpoint_last\": (\\d+)"))
        : LogFigures.NONE;
  }

  private static String get(String url) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  private static double number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  /** Ends the process as a power cut would for it alone. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
