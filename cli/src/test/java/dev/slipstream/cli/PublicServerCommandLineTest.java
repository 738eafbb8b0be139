// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.ServerStartException;
import dev.slipstream.testkit.ForeignPrograms;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares messages and exit codes with those of the public server for the same command line. */
class PublicServerCommandLineTest {

  private static Path server;

  @BeforeAll
  static void findServer() {
    server = ForeignPrograms.natsServer();
  }

  private record Answer(int code, List<String> messages) {}

  private static Answer publicAnswer(List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of(server.toString()));
    command.addAll(args);
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Answer(process.exitValue(), said.lines().filter(line -> !line.isBlank()).toList());
  }

  private static Answer ourAnswer(List<String> args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            Invocation.NATS_SERVER,
            Map.of(),
            new PrintStream(new ByteArrayOutputStream(), true),
            new PrintStream(err, true));
    int code =
        Main.run(
            invocation,
            args,
            (config, socket, beforeReady) -> {
              throw new ServerStartException("these command lines start nothing", null);
            },
            ProcessSignals.posted());
    return new Answer(code, err.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-zz",
        "--zz=1",
        "-p abc",
        "-p",
        "-js=maybe",
        "---x",
        "-=x",
        "-",
        "foo",
        "foo version",
        "version",
        "HELP",
        "-v",
        "-h",
        "-v -zz",
        "-t",
        "-c no-such-file",
        "-t -c no-such-file",
        "-n a\u00a0b -c no-such-file",
        "-sl foo=1",
        "-sl stop=a=b",
        "-sl stop=abc"
      })
  void sameCommandLineSameAnswer(String line) throws Exception {
    List<String> args = List.of(line.split(" "));
    assertThat(ourAnswer(args)).isEqualTo(publicAnswer(args));
  }
}
