// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.NatsClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server process under measurement: started by a command line, asked for its processor time, its
 * memory and, where its monitoring page tells, the figures of its log.
 *
 * <p>The command must replace itself with the server (a script ends in {@code exec}), because time
 * and memory are read for the process that was started. Linux only.
 */
final class MeasuredServer implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long CLOCK_TICK_NANOS = 10_000_000;

  private final Process process;
  private final int port;
  private final int httpPort;
  private final double readyMillis;

  private MeasuredServer(Process process, int port, int httpPort, double readyMillis) {
    this.process = process;
    this.port = port;
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
    int port = freePort();
    int http = command.contains("{http}") ? freePort() : 0;
    String line =
        command
            .replace("{dir}", directory.resolve("data").toString())
            .replace("{port}", "" + port)
            .replace("{http}", "" + http);
    Files.createDirectories(directory);
    File log = directory.resolve("server.log").toFile();
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder("/bin/sh", "-c", "exec " + line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    while (!answers(port)) {
      if (!process.isAlive() || System.nanoTime() - began > START_NANOS) {
        process.destroyForcibly();
        throw new IOException(line + " did not become ready: " + Files.readString(log.toPath()));
      }
      Thread.onSpinWait();
    }
    return new MeasuredServer(process, port, http, (System.nanoTime() - began) / 1e6);
  }

  private static boolean answers(int port) {
    try (NatsClient client = NatsClient.connect("nats://127.0.0.1:" + port)) {
      client.jetStream().account();
      return true;
    } catch (RuntimeException notYet) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** From the command to JetStream's first answer. */
  double readyMillis() {
    return readyMillis;
  }

  /** User and system time so far. */
  long cpuNanos() {
    String stat = read("stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * CLOCK_TICK_NANOS;
  }

  /** The largest resident set so far. */
  double peakMebibytes() {
    return number(read("status"), "VmHWM:\\s*(\\d+)") / 1024;
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
            number(page, "\"sync_p99\": (\\d+)") / 1000)
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

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", "" + process.pid(), file));
    } catch (IOException failed) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "process %d cannot be measured", process.pid()), failed);
    }
  }

  /** Ends the process as a power cut would for it alone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Removes a directory with all that is in it. */
  static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
