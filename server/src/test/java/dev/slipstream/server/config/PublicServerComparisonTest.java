// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipstream.testkit.ForeignPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with what the public server says to the same file ({@code nats-server -t}). */
class PublicServerComparisonTest {

  private static Path server;

  @TempDir private Path dir;

  @BeforeAll
  static void findServer() {
    server = ForeignPrograms.natsServer();
  }

  /** What the public server prints, without its name in front. */
  private List<String> publicAnswer(String text) throws IOException, InterruptedException {
    Files.writeString(dir.resolve("f.conf"), text);
    Process process =
        new ProcessBuilder(server.toString(), "-t", "-c", "f.conf")
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return output
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.startsWith("nats-server: ") ? line.substring(13) : line)
        .toList();
  }

  private List<String> ourAnswer(String text) {
    ConfigFile file = ConfigFile.parse(text, "f.conf");
    ConfigReport report = new ConfigReport();
    new ServerConfigReader(report, ServerConfig.builder()).read(file);
    Stream<String> all = Stream.concat(report.warnings().stream(), report.errors().stream());
    List<String> lines = all.toList();
    return lines.isEmpty()
        ? List.of("configuration file f.conf is valid (" + file.digest() + ")")
        : lines;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "port: 4222",
        "# c\nlisten: 127.0.0.1:-1\nmax_payload: 2MB, debug: true\n",
        "{\"port\": 4222, \"authorization\": {\"users\": [{\"user\": \"a\", \"password\": \"<&>\"}]}}",
        "X = 5\nmax_subs: $X\nping_interval: \"1m30s\"",
        "jetstream { store_dir: '/tmp/x y', max_mem: 1G, limits { max_ack_pending: 5 } }",
        "authorization { token: $2a$11$abcdefghijklmnopqrstuv, timeout: 0.25 }",
        "accounts { A { users: [ {user: a, permissions: {publish: [\"a.>\", \"b.*\"]}} ] }, B {} }",
        "server_metadata { a: 'é', \"b c\": \"x\\ty\\x41\" }\nserver_name (s\n)\n",
        "cluster { name: c, listen: 127.0.0.1:-1 }\nwebsocket { port: -1, no_tls: true }",
        "authorization { timeout: 1.50 }",
        "accounts { A { exports: [ {stream: a.>}, {service: \"q.*\", accounts: [B], response: stream,"
            + " threshold: 2s} ] }, B { imports: [ {stream: {account: A, subject: a.>}, prefix: p},"
            + " {service: {account: A, subject: \"q.*\"}, to: \"my.$1\", share: true} ] } }",
        "accounts { A { mappings { a: b, \"c.*\": [ {dest: \"d.$1\", weight: 20%, cluster: x} ] } } }",
        "max_connections: 0\nwrite_deadline = 5s; lame_duck_duration 30s",
      })
  void validFileHasTheSameDigest(String text) throws Exception {
    assertThat(ourAnswer(text)).isEqualTo(publicAnswer(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo: 1",
        "\n\n   foo: 1",
        "a: 1\nb: 2\n\tc {\n x: 1 }",
        "\"quoted key\": 1\nport: 4222",
        "jetstream {\n  enabled: true\n  foo: 1\n}",
        "jetstream { limits { batch { foo: 1 } } }",
        "authorization {\n  users = [\n    {user: a, foo: b}\n  ]\n}",
        "accounts {\n A {\n  foo: 1\n }\n}",
        "accounts { A { jetstream {\n foo: 1 } } }",
        "accounts { A { exports: [ { stream: a,\n  foo: 1 } ] } }",
        "X: 1\nY: 2\nmax_subs: $X",
        "listen: abc",
        "listen: \"a:b\"",
        "\n  server_name: \"a b\"",
        "write_deadline: 5x",
        "ping_interval: 5",
        "\nwrite_deadline: 5\n",
        "lame_duck_duration: 10s",
        "lame_duck_duration: \"10\"",
        "lame_duck_grace_period: \"-1s\"",
        "jetstream: maybe",
        "jetstream { max_mem: 1.5 }",
        "jetstream { max_mem: \"10X\" }",
        "max_payload: 3000MB",
        "max_sub_tokens: 256",
        "max_sub_tokens: 0",
        "authorization { token: a, user: b, pass: c }",
        "port: 1\nauthorization { user: a, users: [ {user: b} ] }",
        "accounts { A { users: [ {user: a},\n {user: a} ] } }",
        "authorization { timeout: 100 }",
        "authorization { timeout: \"5x\" }",
        "accounts {\n \"$G\" {} }",
        "accounts: [A,\n A]",
        "accounts { A: 5 }",
        "accounts { A { jetstream { max_mem: abc } } }",
        "accounts { A { limits { x: 1 } } }",
        "accounts { A { imports: [ {stream: {account: B, subject: a}} ] } }",
        "accounts { A { exports: [ {service: a, accounts: [B]} ] } }",
        "authorization { users: [ {user: a, connection_types: [x]} ] }",
        "",
        // what accounts share
        "\naccounts { A { exports: [ {stream: a.*} ] }, B { imports: [ {stream: {account: A,"
            + " subject: b}} ] } }",
        "accounts { A { exports: [ {stream: a.*} ] }, B { imports: [ {service: {account: A,"
            + " subject: a.b}} ] } }",
        "accounts { A { exports: [ {stream: a, accounts: [C]} ] }, C {}, B { imports: [ {stream:"
            + " {account: A, subject: a}} ] } }",
        "accounts { A { exports: [ {service: a.*, account_token_position: 2} ] }, B { imports: ["
            + " {service: {account: A, subject: a.C}} ] } }",
        "accounts { A { exports: [ {service: a.b, account_token_position: 2} ] } }",
        "accounts { A { exports: [ {stream: a} ] }, B { imports: [ {stream: {account: A, subject:"
            + " a}, prefix: \"x.*\"} ] } }",
        "accounts { A { exports: [ {stream: a} ] }, B { imports: [ {stream: {account: A, subject:"
            + " a}}, {stream: {account: A, subject: a}, to: b} ] } }",
        "accounts { A { exports: [ {stream: \"a.*.*\"} ] }, B { imports: [ {stream: {account: A,"
            + " subject: \"a.*.*\"}, to: \"b.$1\"} ] } }",
        "accounts { A { exports: [ {stream: \"a.*.*\"} ] }, B { imports: [ {stream: {account: A,"
            + " subject: \"a.*.*\"}, to: \"b.$1.$3\"} ] } }",
        "accounts { A { exports: [ {stream: \"a.*\"} ] }, B { imports: [ {stream: {account: A,"
            + " subject: \"a.*\"}, to: \"b.{{partition(3,1)}}\"} ] } }",
        "accounts { A { exports: [ {stream: \"a.>\"} ] }, B { imports: [ {stream: {account: A,"
            + " subject: \"a.>\"}, to: \"b.*\"} ] } }",
        "accounts { A { exports: [ {service: \"a.*\"} ] }, B { imports: [ {service: {account: A,"
            + " subject: \"a.*\"}, to: \"b\"} ] } }",
        "accounts { A { exports: [ {service: \"a\"} ] }, B { imports: [ {service: {account: A,"
            + " subject: \"a\"}, to: \"b..c\"} ] } }",
        "accounts { A { exports: [ {service: a} ], imports: [ {service: {account: A, subject: a},"
            + " to: b} ] } }",
        "accounts { A { exports: [ {stream: a} ], imports: [ {stream: {account: A, subject: a},"
            + " to: b} ] } }",
        "accounts { A { mappings { a..b: c } } }",
        "accounts { A { mappings { a: b..c } } }",
        "accounts { A { mappings { \"a.*\": \"b.$2\" } } }",
        "accounts { A { mappings { \"a.*\": \"b.{{nothing(1)}}\" } } }",
        "mappings { a: [ {dest: b, weight: 60%}, {dest: c, weight: 60%} ] }",
        "mappings { a: [ {dest: b, weight: 10}, {dest: b, weight: 10} ] }",
        "mappings { a: {dest: b, weight: 101} }",
        "mappings { a: {dest: b, weight: \"x%\"} }",
        "mappings { a: {dest: b, weight: 5, foo: 1} }",
        "mappings { a: [ 5 ] }",
      })
  void mistakeHasTheSamePlaceAndWords(String text) throws Exception {
    assertThat(ourAnswer(text)).containsExactlyInAnyOrderElementsOf(publicAnswer(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "port: \"x\"",
        "\n\n debug: 1",
        "port: 1\nhost: [a]",
        "\nserver_name: 5",
        "authorization { users: [\n  5 ] }",
        "accounts { A {\n exports: 5 } }",
        "authorization {\n users: 5 }",
        "listen: true",
      })
  void valueOfAWrongKindIsFoundAtTheSamePlace(String text) throws Exception {
    String place = "f\\.conf:\\d+:\\d+: ";
    assertThat(places(ourAnswer(text), place)).isEqualTo(places(publicAnswer(text), place));
  }

  private static List<String> places(List<String> lines, String pattern) {
    return lines.stream()
        .map(line -> Pattern.compile(pattern).matcher(line))
        .map(matcher -> matcher.find() ? matcher.group() : "no place")
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "= 1",
        "a: 1 b: 2",
        "\na: [1,,2]",
        "a: [1 2]",
        "\n\na {\n b: 1\n",
        "a: \"\\q\"",
        "a: it's",
        "\na: .5",
        "a: 5.x",
        "a: 1-2",
        "\n\na: -x",
        "a: \"x",
        "a {\n ]\n",
        "x: 1\na: $NO_SUCH_VARIABLE_ANYWHERE",
      })
  void brokenTextIsRefusedOnTheSameLine(String text) throws Exception {
    String answer = String.join("\n", publicAnswer(text));
    Matcher publicLine = Pattern.compile("on line (\\d+)").matcher(answer);
    assertThat(publicLine.find()).as(answer).isTrue();
    ConfigException ours = catchThrowableOfType(ConfigException.class, () -> ourAnswer(text));
    assertThat(ours).hasMessageStartingWith("f.conf:" + publicLine.group(1) + ":");
  }
}
