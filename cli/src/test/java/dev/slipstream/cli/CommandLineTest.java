// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.ServerStartException;
import dev.slipstream.server.config.ConfigFile;
import dev.slipstream.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program prints and returns when it does not end up serving. */
class CommandLineTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<ServerConfig> started = new ArrayList<>();

  private int run(String name, String... args) {
    Invocation invocation =
        new Invocation(name, Map.of(), new PrintStream(out, true), new PrintStream(err, true));
    return Main.run(
        invocation,
        List.of(args),
        (config, socket, beforeReady) -> {
          started.add(config);
          throw new ServerStartException("no further", null);
        },
        ProcessSignals.posted());
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v", "--version", "-version", "version", "VERSION"})
  void versionBeginsAsHarnessesExpect(String arg) {
    assertThat(run("nats-server", arg)).isZero();
    assertThat(out().lines()).first().isEqualTo("nats-server: v2.15.2");
    assertThat(out().lines().skip(1).toList())
        .hasSize(1)
        .allMatch(l -> l.startsWith("slipstream v"));
    assertThat(err()).isEmpty();
  }

  @Test
  void versionIsTheSameByAllWays() {
    assertThat(run("slipstream", "--version")).isZero();
    assertThat(run("slipstream", "version")).isZero();
    assertThat(run("slipstream", "server", "-v")).isZero();
    assertThat(out().lines().filter(line -> line.equals("nats-server: v2.15.2"))).hasSize(3);
    assertThat(out()).doesNotContain("${");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "help"})
  void helpOfTheServerNamesItsFlags(String arg) {
    assertThat(run("nats-server", arg)).isZero();
    assertThat(out()).contains("Usage: nats-server [flags]", "-sd, --store_dir DIR");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(run("slipstream", "help")).isZero();
    assertThat(run("slipstream")).isZero();
    assertThat(out()).contains("server", "quickstart", "version");
    assertThat(run("slipstream", "help", "server")).isZero();
    assertThat(out()).contains("Usage: slipstream server [flags]");
    assertThat(run("slipstream", "help", "quickstart")).isZero();
    assertThat(out()).contains("See pull consumers at work.");
    assertThat(run("slipstream", "nonsense")).isEqualTo(2);
    assertThat(err()).contains("nonsense");
  }

  @Test
  void unknownFlagPrintsTheHelp() {
    assertThat(run("nats-server", "-zz")).isZero();
    assertThat(err()).isEqualToIgnoringNewLines("flag provided but not defined: -zz");
    assertThat(out()).contains("Usage: nats-server");
    assertThat(run("slipstream", "server", "-zz")).isEqualTo(2);
  }

  @Test
  void wordIsNoCommandOfTheServer() {
    assertThat(run("nats-server", "foo")).isEqualTo(1);
    assertThat(err()).isEqualToIgnoringNewLines("nats-server: unrecognized command: \"foo\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cluster nats://127.0.0.1:-1",
        "-routes nats://127.0.0.1:1",
        "-tls",
        "--tlscert x",
        "-s",
        "-r udp://x:1",
        "-ms 8443",
        "--profile 6060",
        "-sl reload=1"
      })
  void whatIsNotBuiltIsRefusedInOneLine(String line) {
    assertThat(run("nats-server", line.split(" "))).isEqualTo(1);
    assertThat(err().lines()).hasSize(1);
    assertThat(err()).startsWith("nats-server: ").contains("not built yet");
    assertThat(started).isEmpty();
  }

  @Test
  void flagsThatAskForNothingAreTaken() {
    run("nats-server", "-cluster=", "-tls=false", "-routes", "", "--cluster_name", "c");
    assertThat(started).hasSize(1);
  }

  @Test
  void configurationIsTested(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("a.conf"), "port: 1\nwebsocket { port: -1 }\n");
    assertThat(run("nats-server", "-t", "-c", file.toString())).isZero();
    assertThat(err().lines().toList())
        .containsExactly(
            "nats-server: websocket is not built yet: ignored (" + file + ":2:1)",
            "nats-server: configuration file "
                + file
                + " is valid ("
                + ConfigFile.load(file.toString()).digest()
                + ")");
    assertThat(started).isEmpty();
  }

  @Test
  void mistakesInTheConfigurationEndTheStart(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("a.conf"), "foo: 1\nbar: 2\n");
    for (String test : List.of("-t", "-D")) {
      err.reset();
      assertThat(run("nats-server", test, "-c", file.toString())).isEqualTo(1);
      assertThat(err().lines().toList())
          .containsExactly(
              "nats-server: " + file + ":1:0: unknown field \"foo\"",
              file + ":2:1: unknown field \"bar\"");
    }
    err.reset();
    assertThat(run("nats-server", "-c", "no-such-file")).isEqualTo(1);
    assertThat(err())
        .isEqualToIgnoringNewLines("nats-server: open no-such-file: no such file or directory");
    err.reset();
    assertThat(run("nats-server", "-t")).isEqualTo(1);
    assertThat(err()).contains("must specify [-c, --config] option");
    err.reset();
    assertThat(run("nats-server", "-n", "a b")).isEqualTo(1);
    assertThat(err()).isEqualToIgnoringNewLines("nats-server: server name cannot contain spaces");
    assertThat(started).isEmpty();
  }

  @Test
  void warningsOfTheConfigurationArePrintedAndTheServerStarts(@TempDir Path dir)
      throws IOException {
    Path file = Files.writeString(dir.resolve("a.conf"), "ping_interval: 5\n");
    run("nats-server", "-c", file.toString());
    assertThat(err()).contains("ping_interval should be converted to a duration");
    assertThat(started).hasSize(1);
    assertThat(run("nats-server", "-t", "-c", file.toString())).isEqualTo(1);
  }

  @Test
  void flagsReplaceTheFile(@TempDir Path dir) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("a.conf"),
            "port: 1111, host: 10.0.0.1, server_name: file, jetstream { store_dir: /a, domain: d }\n"
                + "debug: true, max_payload: 5k, authorization { user: u, password: p }");
    run(
        "nats-server",
        "-c",
        file.toString(),
        "-p",
        "2222",
        "-a",
        "127.0.0.1",
        "--name=flag",
        "-sd",
        "/b",
        "-DV",
        "-m",
        "8222",
        "--pass",
        "q",
        "-P",
        dir.resolve("p").toString(),
        "-l",
        dir.resolve("log").toString(),
        "-T=false",
        "--client_advertise",
        "x:1");
    ServerConfig config = started.get(0);
    assertThat(config.port()).isEqualTo(2222);
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.serverName()).isEqualTo("flag");
    assertThat(config.jetStream().storeDir()).isEqualTo(Path.of("/b"));
    assertThat(config.jetStream().domain()).isEqualTo("d");
    assertThat(config.jetStream().enabled()).isTrue();
    assertThat(config.log().debug()).isTrue();
    assertThat(config.log().trace()).isTrue();
    assertThat(config.log().time()).isFalse();
    assertThat(config.httpPort()).isEqualTo(8222);
    assertThat(config.maxPayload()).isEqualTo(5000);
    assertThat(config.authorization().user()).isEqualTo("u");
    assertThat(config.authorization().password()).hasToString("[redacted]");
    assertThat(config.clientAdvertise()).isEqualTo("x:1");
    assertThat(config.configFile()).isEqualTo(file.toString());
  }

  @Test
  void storeDirAloneDoesNotSwitchJetStreamOn(@TempDir Path dir) throws IOException {
    Path log = dir.resolve("log");
    run("nats-server", "-sd", "/b", "-l", log.toString());
    assertThat(started.get(0).jetStream().enabled()).isFalse();
    run("nats-server", "-js=false", "-l", log.toString());
    assertThat(started.get(1).jetStream().enabled()).isFalse();
    run("nats-server", "--jetstream", "-l", log.toString());
    assertThat(started.get(2).jetStream().enabled()).isTrue();
    assertThat(Files.readString(log)).contains("[FTL] no further");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo|unknown signal \"foo\"",
        "stop=a=b|invalid signal parameters: [b]",
        "stop=abc|invalid pid: abc",
        "stop=0|invalid pid: 0",
        "stop|unable to resolve pid, try providing one: --signal stop=<pid or pid file>",
        "term=99999999|signal \"term\" 99999999: no such process"
      })
  void signalThatCannotBeSentIsNamed(String row) {
    String[] parts = row.split("\\|");
    assertThat(run("nats-server", "--signal", parts[0])).isEqualTo(1);
    assertThat(err()).isEqualToIgnoringNewLines("nats-server: " + parts[1]);
  }
}
