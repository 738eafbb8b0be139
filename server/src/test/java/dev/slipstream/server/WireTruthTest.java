// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Plays the same scripts of bytes to the public server and to this one, and compares. */
class WireTruthTest {
  private static final String UNFINISHED = "UNFINISHED ";

  private static final Pattern INFO = Pattern.compile("INFO (\\{.*?\\}) \r\n");
  private static final Pattern USER_INFO =
      Pattern.compile("MSG (\\S+ \\S+) (\\d+)\r\n(\\{\"server\".*\\})\r\n");
  private static final Pattern REQUEST_INFO =
      Pattern.compile(
          "HMSG (\\S+ \\S+ (?:\\S+ )?)\\d+ \\d+\r\n(NATS/1.0\r\n(?:\\S[^\r]*\r\n)*?)"
              + "Nats-Request-Info: (\\{.*?\\})\r\n");
  private static final Pattern SERVICE_REPLY = Pattern.compile("_R_\\.\\w+\\.\\w+");
  private static final List<String> TOLD_OF_REQUESTER =
      List.of("acc", "svc", "user", "name", "lang", "ver", "kind", "client_type", "host");
  private static final List<String> CHANGING =
      List.of(
          "server_id",
          "server_name",
          "go",
          "git_commit",
          "port",
          "client_id",
          "client_ip",
          "api_lvl",
          "xkey");

  @TestFactory
  Stream<DynamicContainer> answersAreTheSameWithOneLoop() {
    return containers(1);
  }

  @TestFactory
  Stream<DynamicContainer> answersAreTheSameWithTwoLoops() {
    return containers(2);
  }

  private static Stream<DynamicContainer> containers(int loops) {
    return WireScripts.byConfiguration().entrySet().stream()
        .map(
            group ->
                DynamicContainer.dynamicContainer(
                    group.getKey().isEmpty() ? "(open)" : group.getKey().strip().split("\n")[0],
                    Stream.of(
                        DynamicTest.dynamicTest(
                            group.getValue().size() + " scripts",
                            () -> compare(group.getKey(), group.getValue(), loops)))));
  }

  private static void compare(String configuration, List<WireScripts.Script> scripts, int loops) {
    ServerConfigBuilder ours = ServerConfig.builder();
    ours.readText(configuration);
    ours.host("127.0.0.1").port(ServerConfig.RANDOM_PORT);
    List<String> differences = new ArrayList<>();
    try (ServerProcess theirs =
            ServerProcess.natsServer().configuration(configuration).unvisited().start();
        SlipstreamServer server =
            SlipstreamServer.builder().config(ours.build()).loops(loops).start()) {
      for (WireScripts.Script script : scripts) {
        if (script.oneLoop() && loops > 1) {
          continue;
        }
        List<String> expected = play(script, theirs.port());
        List<String> actual = play(script, server.port());
        // a script that waits for what never comes compares next to nothing
        boolean unfinished = expected.stream().anyMatch(each -> each.contains(UNFINISHED));
        if (unfinished || !expected.equals(actual)) {
          differences.add(script + "\n  theirs: " + expected + "\n  ours:   " + actual);
        }
      }
    }
    assertThat(differences).as("%s scripts with %s loops", scripts.size(), loops).isEmpty();
  }

  private static List<String> play(WireScripts.Script script, int port) {
    List<WireClient> clients = new ArrayList<>();
    String failure = "";
    try {
      script
          .scene()
          .play(
              () -> {
                WireClient client = new WireClient(port);
                clients.add(client);
                return client.await("INFO ").await("\n");
              });
    } catch (AssertionError failed) {
      failure = UNFINISHED + String.valueOf(failed.getMessage()).split(":")[0];
    }
    List<String> transcripts = new ArrayList<>();
    for (WireClient client : clients) {
      transcripts.add(normal(client.received()) + (client.hasEnded() ? "<end>" : "") + failure);
      client.leave();
    }
    return transcripts;
  }

  /** What differs from start to start is taken out; an INFO becomes its fields in order. */
  private static String normal(String received) {
    String withoutInfo =
        INFO.matcher(received)
            .replaceAll(
                found -> Matcher.quoteReplacement("INFO " + fields(found.group(1)) + "\r\n"));
    return USER_INFO
        .matcher(withoutInfo)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "MSG " + found.group(1) + " " + found.group(3).replaceAll("^.*\"data\":", "")))
        .transform(WireTruthTest::withoutRequester)
        .replace("\r\n", "|");
  }

  /** Round trips and server names make headers of any length; replies of services are made up. */
  private static String withoutRequester(String received) {
    String masked = SERVICE_REPLY.matcher(received).replaceAll("_R_");
    return REQUEST_INFO
        .matcher(masked)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "HMSG "
                        + found.group(1)
                        + found.group(2)
                        + requester(found.group(3))
                        + "\r\n"));
  }

  private static String requester(String json) {
    Map<String, String> fields = new TreeMap<>();
    JsonReader.of(json.getBytes(StandardCharsets.UTF_8))
        .object(
            (name, in) -> {
              String value = in.raw();
              if (!name.equals("rtt")) {
                fields.put(name, TOLD_OF_REQUESTER.contains(name) ? value : "*");
              }
              return true;
            });
    return fields.toString();
  }

  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new TreeMap<>();
    JsonReader.of(json.getBytes(StandardCharsets.UTF_8))
        .object(
            (name, in) -> {
              String value = in.raw();
              if (!CHANGING.contains(name)) {
                fields.put(name, value);
              } else if (!name.equals("git_commit")
                  && !name.equals("api_lvl")
                  && !name.equals("xkey")) {
                fields.put(name, "*");
              }
              return true;
            });
    return fields;
  }
}
