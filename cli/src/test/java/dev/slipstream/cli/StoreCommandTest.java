// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.server.ServerStartException;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code slipstream store}, on what a real server has written. */
class StoreCommandTest {
  private static final int MESSAGES = 20;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path dir;

  private int run(String... args) {
    out.reset();
    err.reset();
    Invocation invocation =
        new Invocation(
            "slipstream", Map.of(), new PrintStream(out, true), new PrintStream(err, true));
    return Main.run(
        invocation,
        List.of(args),
        (config, socket, beforeReady) -> {
          throw new ServerStartException("no server is asked for", null);
        },
        ProcessSignals.posted());
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private SlipstreamServer start() throws Exception {
    return SlipstreamServer.builder().jetStream(true).storeDirectory(dir).noPort().start();
  }

  private static void publish(SlipstreamServer server) throws Exception {
    try (NatsClient client =
        NatsClient.connect(ClientOptions.builder().transport(server::connectInProcess).build())) {
      JetStream js = client.jetStream();
      js.createOrUpdateStream(StreamConfig.builder("ORDERS").subjects("orders.>").build());
      for (int i = 1; i <= MESSAGES; i++) {
        js.publish("orders." + i, ("payload\n" + i).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** A store with a checkpoint, and with messages behind it where there are two starts. */
  private void write(int starts) throws Exception {
    for (int i = 0; i < starts; i++) {
      try (SlipstreamServer server = start()) {
        publish(server);
      }
    }
  }

  /** Every file's bytes and time. */
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    List<Path> paths;
    try (Stream<Path> found = Files.walk(dir)) {
      paths = new ArrayList<>(found.toList());
    }
    for (Path path : paths) {
      String bytes =
          Files.isRegularFile(path)
              ? String.valueOf(java.util.Arrays.hashCode(Files.readAllBytes(path)))
              : "directory";
      contents.put(path.toString(), bytes + " " + Files.getLastModifiedTime(path));
    }
    return contents;
  }

  private Path onlyFile(String below) throws IOException {
    try (Stream<Path> found = Files.list(dir.resolve("jetstream/slipstream").resolve(below))) {
      return found.sorted().findFirst().orElseThrow();
    }
  }

  private static void flip(Path file, String text) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void soundStoreIsFoundSoundAndNothingIsChanged() throws Exception {
    write(2);
    Map<String, String> before = contents();
    assertThat(run("store", "check", dir.toString())).isZero();
    assertThat(out().lines()).last().isEqualTo("The store is sound.");
    assertThat(out().lines())
        .anyMatch(line -> line.matches("stream ORDERS +40 +[0-9]+ +0"))
        .anyMatch(line -> line.matches("log/00000000.log +[0-9]+ +[0-9]+ +0"))
        .anyMatch(line -> line.matches("checkpoint.copy +2 +[0-9]+ +0"));
    assertThat(err()).isEmpty();
    assertThat(run("store", "check", dir.resolve("jetstream").toString())).isZero();
    assertThat(run("store", "check", dir.resolve("jetstream/slipstream").toString())).isZero();
    assertThat(run("store", "dump", dir.toString())).isZero();
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void damagedMessageIsNamedWithItsStream() throws Exception {
    write(1);
    flip(onlyFile("segments"), "payload\n7");
    assertThat(run("store", "check", dir.toString())).isEqualTo(1);
    assertThat(out().lines())
        .anyMatch(
            line ->
                line.matches(
                    "damaged: segments/[^,]+, bytes [0-9]+ to [0-9]+: messages, stream ORDERS,"
                        + " sequence 7"))
        .last()
        .isEqualTo("The store is damaged in 1 place.");
    assertThat(run("store", "dump", "--stream", "ORDERS", dir.toString())).isEqualTo(1);
    assertThat(out().lines()).filteredOn(line -> line.startsWith("! segments/")).hasSize(1);
  }

  @Test
  void storeInUseIsRefusedInOneLine() throws Exception {
    try (SlipstreamServer server = start()) {
      publish(server);
      for (String command : List.of("check", "dump")) {
        assertThat(run("store", command, dir.toString())).isEqualTo(2);
        assertThat(err())
            .isEqualToIgnoringNewLines(
                "slipstream: a server is running on the data directory "
                    + dir
                    + " (it holds LOCK)");
        assertThat(out()).isEmpty();
      }
    }
    assertThat(run("store", "check", dir.toString())).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "dump"})
  void whatIsNoDataDirectoryIsRefusedInOneLine(String command) throws IOException {
    assertThat(run("store", command, dir.toString())).isEqualTo(2);
    assertThat(err().lines()).singleElement().asString().contains("is not a data directory");
    assertThat(run("store", command, dir.resolve("none").toString())).isEqualTo(2);
    assertThat(err().lines()).singleElement().asString().endsWith("none is not there");
    Path home = Files.createDirectories(dir.resolve("jetstream/slipstream"));
    Files.writeString(home.resolve("FORMAT"), "slipstream-store 9\n");
    assertThat(run("store", command, dir.toString())).isEqualTo(2);
    assertThat(err().lines()).singleElement().asString().contains("slipstream-store 9");
    assertThat(out()).isEmpty();
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void logIsDumpedOneLineARecord() throws Exception {
    write(1);
    assertThat(run("store", "dump", dir.toString())).isZero();
    List<String> lines = out().lines().toList();
    assertThat(lines.get(0).strip())
        .matches("position +gen +type +stream +sequence +time +headers +payload +subject");
    assertThat(lines).anyMatch(line -> line.matches(" *[0-9]+ +2 stream created +the catalogue.*"));
    assertThat(lines)
        .anyMatch(
            line -> line.matches(" *[0-9]+ +2 message +ORDERS +7 20[0-9T:.Z-]+ +0 +9  orders\\.7"));
    assertThat(run("store", "dump", "--log", "--limit", "2", "--from", "1", dir.toString()))
        .isZero();
    assertThat(out().lines()).hasSize(3);
  }

  @Test
  void streamIsDumpedWithPayloadsInOrder() throws Exception {
    write(2);
    assertThat(run("store", "dump", "--stream=ORDERS", "--from=19", "--payload", dir.toString()))
        .isZero();
    List<String> lines = out().lines().filter(line -> line.contains(" message ")).toList();
    assertThat(lines).hasSize(22);
    assertThat(lines.get(0)).endsWith("orders.19  \"payload\\n19\"");
    assertThat(lines.get(2)).endsWith("orders.1  \"payload\\n1\"");
    assertThat(run("store", "dump", "--stream", "NONE", dir.toString())).isEqualTo(2);
    assertThat(err()).isEqualToIgnoringNewLines("slipstream: no stream NONE is known");
  }

  @Test
  void helpNamesTheCommandsAndUnknownOptionsAreRefused() {
    assertThat(run("help", "store")).isZero();
    assertThat(out()).contains("check", "dump", "while no server runs");
    assertThat(run("store")).isZero();
    assertThat(out()).contains("check", "dump");
    assertThat(run("store", "check", "--help")).isZero();
    assertThat(out()).contains("Usage: slipstream store check", "Exit codes", "-sd");
    assertThat(run("store", "dump", "--help")).isZero();
    assertThat(out()).contains("--stream=ID", "--from=N", "--limit=N", "--payload");
    assertThat(run()).isZero();
    assertThat(out()).contains("slipstream store check ./data");
    for (String[] wrong :
        new String[][] {
          {"store", "check", "--repair", "x"},
          {"store", "check"},
          {"store", "dump", "--log", "--stream", "1", "x"},
          {"store", "dump", "--from", "x", "y"},
          {"store", "mend"}
        }) {
      assertThat(run(wrong)).isEqualTo(2);
      assertThat(err()).isNotEmpty();
    }
  }

  @Test
  void progressIsToldOnceASecondAndNotBeforeTheFirst() {
    ManualClock clock = new ManualClock();
    StoreProgress progress = new StoreProgress(new PrintStream(err, true), clock);
    progress.read(1 << 20, 5 << 20);
    clock.advance(999_999_999);
    progress.read(2 << 20, 5 << 20);
    assertThat(err()).isEmpty();
    clock.advance(1);
    progress.read(3 << 20, 5 << 20);
    progress.read(4 << 20, 5 << 20);
    assertThat(err().lines()).containsExactly("read 3 of about 5 MiB");
  }

  @Test
  void bytesAreEscaped() {
    byte[] bytes = "a\"\\\r\n\t\0ä".getBytes(StandardCharsets.UTF_8);
    assertThat(StoreDumpCommand.escape(bytes, 0, bytes.length))
        .isEqualTo("a\\\"\\\\\\r\\n\\t\\x00\\xc3\\xa4");
  }
}
