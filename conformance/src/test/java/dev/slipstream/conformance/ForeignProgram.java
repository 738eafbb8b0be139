// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program of {@code conformance/foreign}, written with another language's public client. Its
 * contract stands in the README of that folder.
 *
 * @param language the name of its folder
 * @param command how it is started
 * @param binary the file that has to exist for that
 * @param expectedWalk the lines that its case {@code walk} prints
 */
record ForeignProgram(String language, List<String> command, Path binary, Path expectedWalk) {
  /** Longer than the deadline that a program sets itself. */
  private static final long RUN_DEADLINE_SECONDS = 60;

  /**
   * A case as the program lists it.
   *
   * @param name what {@code run} takes
   * @param kind empty, or {@code before}, {@code after}, {@code own}, or {@code configuration:NAME}
   */
  record Case(String name, String kind) {
    private static final String CONFIGURATION = "configuration:";

    /** The name of the configuration that the case needs its servers to have. */
    String configuration() {
      if (!kind.startsWith(CONFIGURATION)) {
        throw new IllegalStateException("unknown kind of case: " + this);
      }
      return kind.substring(CONFIGURATION.length());
    }
  }

  /**
   * What a run printed and how it ended.
   *
   * @param lines the result lines; requests to the runner are among them
   */
  record Outcome(int exitCode, List<String> lines, String errors) {}

  static List<ForeignProgram> all(Path foreign) {
    return List.of(
        program(foreign, "go", foreign.resolve("go/bin/foreign"), List.of()),
        program(foreign, "rust", foreign.resolve("rust/target/release/foreign"), List.of()),
        program(
            foreign,
            "python",
            foreign.resolve("python/.venv/bin/python"),
            List.of(foreign.resolve("python/main.py").toString())));
  }

  private static ForeignProgram program(
      Path foreign, String language, Path binary, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(arguments);
    Path expectedWalk = foreign.resolve(language).resolve("expected-walk.txt");
    return new ForeignProgram(language, List.copyOf(command), binary, expectedWalk);
  }

  boolean isBuilt() {
    return Files.isExecutable(binary);
  }

  List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : start(List.of("list"), "").lines()) {
      String[] columns = line.split("\t", -1);
      cases.add(new Case(columns[0], columns.length > 1 ? columns[1] : ""));
    }
    return cases;
  }

  /** Runs a case against a server that other cases use as well. */
  Outcome run(Case one, String url) throws IOException {
    return start(List.of("run", one.name()), url);
  }

  /** Runs a case that may ask for restarts of its server. */
  Outcome run(Case one, ServerProcess server) throws IOException {
    Process process = launch(List.of("run", one.name()), server.url());
    return finish(process, line -> obey(line, server));
  }

  /** Has the program do something with buckets, and answers what it printed. */
  List<String> buckets(String url, String... what) throws IOException {
    return buckets(url, () -> {}, what);
  }

  /** The same; {@code onReady} runs when the program says so. */
  List<String> buckets(String url, Runnable onReady, String... what) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("buckets"));
    arguments.addAll(List.of(what));
    Outcome outcome = finish(launch(arguments, url), line -> runIfReady(line, onReady));
    if (outcome.exitCode() != 0) {
      throw new AssertionError(language + " " + arguments + ": " + outcome.errors());
    }
    return outcome.lines();
  }

  /** Has the program ask a service and offer one; {@code onReady} runs while it is offered. */
  Outcome services(String url, Runnable onReady) throws IOException {
    return finish(launch(List.of("services"), url), line -> runIfReady(line, onReady));
  }

  /** Has the program do something with partitioned groups, and answers what it printed. */
  List<String> groups(String url, String... what) throws IOException {
    Outcome outcome = start(groupWords(what), url);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(language + " groups " + List.of(what) + ": " + outcome.errors());
    }
    return outcome.lines();
  }

  /** Has the program do the same for as long as its input is open. */
  Process launchGroups(String url, String... what) throws IOException {
    return launch(groupWords(what), url);
  }

  private static List<String> groupWords(String... what) {
    List<String> arguments = new ArrayList<>(List.of("groups"));
    arguments.addAll(List.of(what));
    return arguments;
  }

  private static void runIfReady(String line, Runnable onReady) {
    if (line.equals("@ready")) {
      onReady.run();
    }
  }

  private static void obey(String line, ServerProcess server) {
    switch (line) {
      case "@restart" -> server.restart();
      case "@kill" -> server.killAndRestart();
      default -> {}
    }
  }

  private Outcome start(List<String> arguments, String url) throws IOException {
    return finish(launch(arguments, url), line -> {});
  }

  private Process launch(List<String> arguments, String url) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("NATS_URL", url);
    return builder.start();
  }

  private interface LineListener {
    void onLine(String line);
  }

  private static Outcome finish(Process process, LineListener listener) throws IOException {
    CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> readAll(process));
    // The deadline ends the process, and with it the reading below.
    CompletableFuture<Process> ended =
        process
            .onExit()
            .orTimeout(RUN_DEADLINE_SECONDS, TimeUnit.SECONDS)
            .exceptionally(late -> process.destroyForcibly());
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        listener.onLine(line);
      }
    } catch (IOException | RuntimeException failed) {
      process.destroyForcibly();
      throw failed;
    }
    int exitCode = ended.thenCompose(Process::onExit).join().exitValue();
    return new Outcome(exitCode, lines, errors.join());
  }

  private static String readAll(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      return failed.toString();
    }
  }
}
