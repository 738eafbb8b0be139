// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.ServerStartException;
import dev.slipstream.testkit.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract of the process: lines, files, signals, exit codes. */
@NullUnmarked
@Timeout(60)
class ServerProcessTest {

  @TempDir private Path dir;

  private Process process;
  private BufferedReader lines;
  private final List<String> seen = new ArrayList<>();

  private void start(String name, String... args) throws IOException {
    Path dist = Path.of("src", "main", "dist").toAbsolutePath();
    // As the launcher does, so that a warning of the JVM would show.
    List<String> flags = new ArrayList<>();
    flags.add("@" + dist.resolve("jvm.options"));
    if (Runtime.version().feature() >= 23) {
      flags.add("@" + dist.resolve("jvm-23.options"));
    }
    flags.add("-D" + Invocation.NAME_PROPERTY + "=" + name);
    List<String> command = new ArrayList<>(BackgroundSignals.heeded());
    command.addAll(JavaProgram.command(flags, Main.class, args));
    process = new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile()).start();
    lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** On any port of 127.0.0.1. */
  private void startServer(String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of("-a", "127.0.0.1", "-p", "-1"));
    all.addAll(List.of(args));
    start("nats-server", all.toArray(String[]::new));
  }

  /** Reads up to the line that holds {@code text}. */
  private String await(String text) throws IOException {
    String line;
    while ((line = lines.readLine()) != null) {
      seen.add(line);
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("no line with \"" + text + "\" in " + seen);
  }

  private int awaitEnd() throws IOException, InterruptedException {
    String line;
    while ((line = lines.readLine()) != null) {
      seen.add(line);
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  private List<String> messages() {
    Pattern form =
        Pattern.compile(
            "\\["
                + process.pid()
                + "] \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} (\\[[A-Z]{3}] .*)");
    return seen.stream()
        .map(form::matcher)
        .filter(java.util.regex.Matcher::matches)
        .map(matcher -> matcher.group(1))
        .toList();
  }

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void startIsLoggedInTheOrderThatToolsExpect() throws Exception {
    Path conf = Files.writeString(dir.resolve("a.conf"), "websocket { port: -1, no_tls: true }\n");
    startServer(
        "-js", "-sd", "data", "-n", "n1", "-c", conf.toString(), "--user", "u", "--pass", "p");
    await("Server is ready");
    signal("TERM");
    assertThat(awaitEnd()).isZero();
    assertThat(seen).hasSameSizeAs(messages());
    List<String> order =
        List.of(
            "[INF] Starting slipstream ",
            "[INF]   Version:  2.15.2",
            "[INF]   Git:      [",
            "[INF]   Name:     n1",
            "[INF]   ID:       N",
            "[INF] Using configuration file: " + conf + " (sha256:",
            "[INF] Starting JetStream",
            "[INF] ---------------- JETSTREAM ----------------",
            "[INF]   Max Memory:      ",
            "[INF]   Max Storage:     ",
            "[INF]   Store Directory: \"",
            "[INF] ---",
            "[INF] Took ",
            "[WRN] websocket is not built yet: ignored (" + conf + ":1:0)",
            "[WRN] Plaintext passwords detected",
            "[INF] Listening for client connections on 127.0.0.1:",
            "[INF] Server is ready",
            "[INF] Trapped \"terminated\" signal",
            "[INF] Initiating Shutdown...",
            "[INF] Server Exiting..");
    List<String> rest = new ArrayList<>(order);
    for (String message : messages()) {
      if (!rest.isEmpty() && message.startsWith(rest.get(0))) {
        rest.remove(0);
      }
    }
    assertThat(rest).as("what is missing in %s", messages()).isEmpty();
  }

  @Test
  void portsFileAndPidFileTellWhereTheServerIs() throws Exception {
    startServer("-P", "pid", "--ports_file_dir", ".");
    String listening = await("Listening for client connections on 127.0.0.1:");
    String port = listening.substring(listening.lastIndexOf(':') + 1);
    await("Server is ready");
    assertThat(dir.resolve("pid")).hasContent("" + process.pid());
    Path ports = dir.resolve("nats-server_" + process.pid() + ".ports");
    assertThat(ports).hasContent("{\"nats\":[\"nats://127.0.0.1:" + port + "\"]}");
    signal("INT");
    assertThat(awaitEnd()).isZero();
    assertThat(messages()).contains("[INF] Trapped \"interrupt\" signal");
    assertThat(ports).doesNotExist();
  }

  @Test
  void monitoringTellsOfTheServer() throws Exception {
    startServer("-m", "-1", "-n", "n1", "--ports_file_dir", ".", "-js", "-sd", "d");
    String monitor = await("Starting http monitor on 127.0.0.1:");
    String url = "http://127.0.0.1:" + monitor.substring(monitor.lastIndexOf(':') + 1);
    String listening = await("Listening for client connections on 127.0.0.1:");
    String port = listening.substring(listening.lastIndexOf(':') + 1);
    await("Server is ready");
    assertThat(get(url + "/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
    assertThat(get(url + "/varz").body())
        .contains(
            "\"server_name\": \"n1\"",
            "\"version\": \"2.15.2\"",
            "\"port\": " + port,
            "\"connections\": 0",
            "\"sync_always\": true",
            "\"slipstream_log\": {",
            "\"damaged_messages\": 0",
            "\"message_ids_forgotten\": 0");
    assertThat(get(url + "/varz/x").statusCode()).isEqualTo(404);
    assertThat(get(url + "/").statusCode()).isEqualTo(404);
    signal("TERM");
    assertThat(awaitEnd()).isZero();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void monitoringPortThatIsTakenEndsTheStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      startServer("-m", "" + taken.getLocalPort());
      assertThat(awaitEnd()).isEqualTo(1);
      assertThat(messages())
          .last()
          .asString()
          .startsWith("[FTL] Can't start monitoring: cannot listen on 127.0.0.1:");
    }
  }

  @Test
  void portsFileIsNamedAfterTheProgram() throws Exception {
    start("slipstream", "server", "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", ".");
    await("Server is ready");
    assertThat(dir.resolve("slipstream_" + process.pid() + ".ports")).exists();
  }

  @Test
  void signalsThatAreNotBuiltDoNotEndTheServer() throws Exception {
    startServer();
    await("Server is ready");
    signal("HUP");
    await("Trapped \"hangup\" signal");
    await("[WRN] Reload is not built yet");
    signal("TERM");
    assertThat(awaitEnd()).isZero();
  }

  @Test
  void lameDuckWithoutClientsIsTheEnd() throws Exception {
    startServer();
    await("Server is ready");
    assertThat(run("--signal", "ldm=" + process.pid())).isZero();
    await("Trapped \"user defined signal 2\" signal");
    await("Entering lame duck mode, stop accepting new clients");
    await("Initiating Shutdown...");
    await("Server Exiting..");
    assertThat(awaitEnd()).isZero();
  }

  @Test
  void interruptEndsALameDuckAtOnceAndTermDoesNot() throws Exception {
    startServer();
    String listening = await("Listening for client connections on ");
    await("Server is ready");
    int port = Integer.parseInt(listening.substring(listening.lastIndexOf(':') + 1));
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(client.getInputStream().read()).isEqualTo('I');
      signal("USR2");
      await("Entering lame duck mode");
      signal("TERM");
      await("Trapped \"terminated\" signal");
      signal("USR1");
      await("Trapped \"user defined signal 1\" signal");
      signal("INT");
      assertThat(awaitEnd()).isZero();
    }
  }

  @Test
  void logFileIsReopenedOnSignal() throws Exception {
    startServer("-l", "log", "--ports_file_dir", ".", "-P", "pid");
    Path log = dir.resolve("log");
    awaitFileWith(log, "Server is ready");
    Files.move(log, dir.resolve("moved"));
    assertThat(run("--signal", "reopen=pid")).isZero();
    awaitFileWith(dir.resolve("moved"), "Trapped \"user defined signal 1\" signal");
    assertThat(run("--signal", "quit=" + process.pid())).isZero();
    assertThat(awaitEnd()).isZero();
    assertThat(Files.readString(log)).contains("Server Exiting..").doesNotContain("Starting");
    assertThat(seen).isEmpty();
  }

  private int run(String... args) throws Exception {
    List<String> paths = new ArrayList<>();
    for (String arg : args) {
      paths.add(arg.replace("=pid", "=" + dir.resolve("pid")));
    }
    return Main.run(
        new Invocation("nats-server", java.util.Map.of(), System.out, System.err),
        paths,
        (config, socket, beforeReady) -> {
          throw new ServerStartException("nothing to start", null);
        },
        ProcessSignals.posted());
  }

  private void awaitFileWith(Path file, String text) throws Exception {
    try (WatchService changes = dir.getFileSystem().newWatchService()) {
      dir.register(
          changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      while (!Files.exists(file) || !Files.readString(file).contains(text)) {
        assertThat(process.isAlive()).isTrue();
        WatchKey key = changes.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"stop, 137", "quit, 0", "term, 0"})
  void signalCommandEndsTheServer(String command, int exitCode) throws Exception {
    startServer();
    await("Server is ready");
    assertThat(run("-sl", command + "=" + process.pid())).isZero();
    assertThat(awaitEnd()).isEqualTo(exitCode);
  }

  @Test
  void startThatFailsEndsWithAFatalLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start("nats-server", "-a", "127.0.0.1", "-p", "" + taken.getLocalPort());
      assertThat(awaitEnd()).isEqualTo(1);
      assertThat(messages())
          .last()
          .asString()
          .startsWith("[FTL] ")
          .contains("127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void filesThatCannotBeWrittenEndTheStart() throws Exception {
    startServer("-P", "no/such/dir/pid");
    assertThat(awaitEnd()).isEqualTo(1);
    assertThat(messages())
        .last()
        .isEqualTo(
            "[FTL] Could not write pidfile: open no/such/dir/pid: no such file or directory");
    seen.clear();
    startServer("-l", "no/such/dir/log");
    assertThat(awaitEnd()).isEqualTo(1);
    assertThat(seen)
        .containsExactly("error opening file: open no/such/dir/log: no such file or directory");
  }

  @Test
  void quickstartTellsItsStoryAndEnds() throws Exception {
    start("slipstream", "quickstart");
    assertThat(awaitEnd()).as("%s", seen).isZero();
    assertThat(seen).isNotEmpty();
  }
}
