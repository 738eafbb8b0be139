// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.JavaProgram;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares monitoring pages with those of the public server, after the same clients have done the
 * same. Masked are times, ports, ids and what is a matter of timing.
 */
@Timeout(60)
class PublicServerMonitoringTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static Visited ours;
  private static Visited theirs;

  /** A server that has had visitors. */
  private record Visited(String url, Map<String, String> names) {
    HttpResponse<String> get(String path) throws Exception {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(url + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }

    String page(String path) throws Exception {
      HttpResponse<String> answer = get(path);
      String type = answer.headers().firstValue("Content-Type").orElse("none");
      String body = answer.body().replace("[ ]", "[]");
      for (Map.Entry<String, String> name : names.entrySet()) {
        body = body.replaceAll(name.getKey() + "\\b", name.getValue());
      }
      return answer.statusCode()
          + " "
          + type
          + "\n"
          + body.replaceAll(
                  "\"(server_id|now|start|last_activity|stop|rtt)\": \"[^\"]+\"", "\"$1\"")
              .replaceAll("\"(uptime|idle)\": \"[0-9]+s\"", "\"$1\"")
              .replaceAll("\"port\": [0-9]+", "\"port\"");
    }
  }

  @BeforeAll
  static void visit() throws Exception {
    ours = visit(ServerProcess.program(ourCommand()));
    theirs = visit(ServerProcess.natsServer());
  }

  private static List<String> ourCommand() {
    return JavaProgram.command(List.of(), Main.class, "server");
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : OPEN) {
      each.close();
    }
  }

  private static Visited visit(ServerProcess.Builder program) throws Exception {
    int http = ServerProcess.freePort();
    ServerProcess server =
        program.arguments("-m", "" + http, "--user", "u", "--pass", "p").unvisited().start();
    OPEN.add(0, server);
    Visited visited = new Visited("http://127.0.0.1:" + http, new LinkedHashMap<>());
    try (Client gone = new Client(server.port(), "gone")) {
      gone.say("SUB bar 1\r\nPUB bar 3\r\n123\r\n");
    }
    Client first = new Client(server.port(), "first");
    OPEN.add(0, first);
    first.say("SUB foo.* q 12\r\nUNSUB 12 10\r\n");
    Client second = new Client(server.port(), "second");
    OPEN.add(0, second);
    second.say(
        "SUB bar 7\r\nPUB foo.1 5\r\nhello\r\nHPUB foo.2 18 20\r\nNATS/1.0\r\nA: 1\r\n\r\nxy\r\n");
    second.say("PUB bar 1\r\n1\r\nPUB nobody 2\r\n12\r\n");
    first.say("");
    while (!visited.get("/connz?state=closed").body().contains("\"Client Closed\"")) {
      Thread.onSpinWait();
    }
    nameIds(visited);
    return visited;
  }

  /** The public server's own parts have ids too, so that clients have others there. */
  private static void nameIds(Visited visited) throws Exception {
    Map<Long, String> ids = new TreeMap<>();
    Matcher cids =
        Pattern.compile("\"cid\": ([0-9]+)").matcher(visited.get("/connz?state=all").body());
    while (cids.find()) {
      ids.put(Long.parseLong(cids.group(1)), "");
    }
    assertThat(ids).hasSize(3);
    int count = 0;
    for (Long id : ids.keySet()) {
      count++;
      visited.names().put("\"cid\": " + id, "\"cid\": client " + count);
    }
  }

  /** A client that waits until the server has taken what it says. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;

    Client(int port, String name) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(10_000);
      say(
          "CONNECT {\"verbose\":false,\"protocol\":1,\"headers\":true,\"user\":\"u\",\"pass\":\"p\","
              + "\"lang\":\"test\",\"version\":\"1.2\",\"name\":\""
              + name
              + "\"}\r\n");
    }

    void say(String text) throws IOException {
      socket.getOutputStream().write((text + "PING\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder seen = new StringBuilder();
      while (seen.indexOf("PONG\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("the server ended the connection: " + seen);
        }
        if (seen.indexOf("PING\r\n") >= 0) {
          seen.setLength(0);
          socket.getOutputStream().write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        seen.append((char) next);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/connz",
        "/connz?subs=1",
        "/connz?subs=true&auth=true",
        "/connz?subs=Detail",
        "/connz?auth=1&user=u",
        "/connz?auth=1&user=nobody",
        "/connz?acc=$G",
        "/connz?state=closed",
        "/connz?state=closed&sort=stop",
        "/connz?state=closed&sort=reason&auth=1",
        "/connz?state=ANY",
        "/connz?sort=bytes_to",
        "/connz?sort=bytes_from&limit=1",
        "/connz?sort=msgs_to&offset=1",
        "/connz?sort=msgs_from&limit=-1&offset=-1",
        "/connz?sort=subs&offset=5",
        "/connz?sort=uptime",
        "/connz?sort=start&sort=foo",
        "/connz?cid=999999",
        "/connz?sort=foo",
        "/connz?sort=stop",
        "/connz?sort=reason&state=open",
        "/connz?state=x",
        "/connz?cid=x",
        "/connz?cid=-1",
        "/connz?cid=99999999999999999999",
        "/connz?offset=x",
        "/connz?limit=1.5",
        "/connz?limit=99999999999999999999",
        "/connz?auth=x",
        "/connz?subs=x",
        "/connz/x",
        "/subsz?offset=x",
        "/nothing"
      })
  void pageIsTheSame(String path) throws Exception {
    assertThat(ours.page(path)).isEqualTo(theirs.page(path));
  }

  @Test
  void countsAreTheSame() throws Exception {
    for (String name :
        List.of(
            "connections",
            "total_connections",
            "in_msgs",
            "in_bytes",
            "in_client_msgs",
            "in_client_bytes",
            "out_msgs",
            "out_bytes",
            "out_client_msgs",
            "out_client_bytes",
            "slow_consumers")) {
      assertThat(number(ours, name)).as(name).isEqualTo(number(theirs, name));
    }
  }

  private static String number(Visited server, String name) throws Exception {
    Matcher line =
        Pattern.compile("\"" + name + "\": ([0-9]+)").matcher(server.get("/varz").body());
    assertThat(line.find()).as(name).isTrue();
    return line.group(1);
  }

  @Test
  void subscriptionsOfClientsAreListed() throws Exception {
    assertThat(ours.page("/subsz?subs=1&acc=$G"))
        .contains(
            "\"total\": 2,",
            """
                {
                  "account": "$G",
                  "account_tag": "$G",
                  "subject": "foo.*",
                  "qgroup": "q",
                  "sid": "12",
                  "msgs": 2,
                  "max": 10,
                  "cid": client 2
                }"""
                .indent(4)
                .stripTrailing());
    assertThat(ours.page("/subsz")).contains("\"total\": 0,").doesNotContain("subscriptions_list");
  }
}
