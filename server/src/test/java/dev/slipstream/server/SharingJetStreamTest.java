// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JetStream used through imports, by connections of both loops. */
class SharingJetStreamTest {
  private static final String ACCOUNTS =
      """
      accounts {
        JS { jetstream: enabled, users: [ {user: js, password: js} ]
          exports: [ {service: "$JS.API.>", response: stream}, {service: "$JS.ACK.>"}
            {service: "orders.>"}, {stream: "deliver.>"}, {stream: "events.>"}
            {stream: "sync.>"} ] }
        USER { users: [ {user: user, password: user} ]
          imports: [ {service: {account: JS, subject: "$JS.API.>"}, to: "js.>"}
            {service: {account: JS, subject: "$JS.ACK.>"}}
            {service: {account: JS, subject: "orders.>"}, to: "their.>"}
            {stream: {account: JS, subject: "deliver.*"}, to: "mine.$1"} ] }
        KEEPER { jetstream: enabled, users: [ {user: keeper, password: keeper} ]
          imports: [ {stream: {account: JS, subject: "events.>"}, to: "kept.>"}
            {service: {account: JS, subject: "$JS.API.>"}, to: "js.>"}
            {stream: {account: JS, subject: "sync.>"}} ] }
        DEAF { jetstream: enabled, users: [ {user: deaf, password: deaf} ]
          imports: [ {service: {account: JS, subject: "$JS.API.>"}, to: "js.>"} ] }
      }
      """;

  @TempDir Path store;

  private SlipstreamServer start() {
    ServerConfigBuilder config = ServerConfig.builder();
    config.readText("jetstream { store_dir: \"" + store + "\" }\n" + ACCOUNTS);
    config.host("127.0.0.1").port(ServerConfig.RANDOM_PORT);
    return SlipstreamServer.builder().config(config.build()).loops(2).start();
  }

  /** A client with an inbox of its own. */
  private static final class Client implements AutoCloseable {
    private static int clients;

    private final WireClient wire;
    private final String inbox = "in." + ++clients;

    Client(SlipstreamServer server, String user) {
      String login = "\"user\":\"" + user + "\",\"pass\":\"" + user + "\"";
      wire = new WireClient(server.port());
      send(
          "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true," + login + "}\nSUB ",
          inbox + " 1\n");
      wire.sync();
    }

    Client send(String... words) {
      wire.send(String.join("", words));
      return this;
    }

    Client await(String text) {
      wire.await(text);
      return this;
    }

    Client sync() {
      wire.sync();
      return this;
    }

    /** Sends a request and awaits words of its answer. */
    Client ask(String subject, String body, String answer) {
      return send("PUB ", subject, " ", inbox, " " + body.length() + "\n", body, "\n")
          .await(answer);
    }

    String received() {
      return wire.received();
    }

    @Override
    public void close() {
      wire.close();
    }
  }

  private static String stream(String name, String subjects) {
    return "{\"name\":\"" + name + "\",\"subjects\":[\"" + subjects + "\"]}";
  }

  private static String consumer(String name, String more) {
    return "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\""
        + name
        + "\",\"ack_policy\":\"explicit\""
        + more
        + "}}";
  }

  @Test
  void pulledMessagesAreAcknowledgedFromAnotherAccount() {
    try (SlipstreamServer server = start();
        Client first = new Client(server, "user");
        Client owner = new Client(server, "js")) {
      first.ask("js.STREAM.CREATE.S", stream("S", "orders.>"), "did_create");
      first.ask("js.CONSUMER.DURABLE.CREATE.S.C", consumer("C", ""), "\"name\":\"C\"");
      for (int i = 1; i <= 40; i++) {
        first.ask("their.a", "order", "\"seq\":" + i + "}");
      }
      List<Client> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) { // of either loop
        Client user = new Client(server, "user");
        users.add(user);
        user.ask("js.CONSUMER.MSG.NEXT.S.C", "{\"batch\":10}", "MSG orders.a 1 $JS.ACK.S.C.1.");
        for (int received = 1; received < 10; received++) {
          user.await("MSG orders.a 1 $JS.ACK.S.C.1.");
        }
        user.await("order\n");
      }
      owner.ask("$JS.API.CONSUMER.INFO.S.C", "", "\"num_ack_pending\":40");
      for (Client user : users) {
        for (String part : user.received().split("MSG orders.a 1 ")) {
          if (part.startsWith("$JS.ACK.")) {
            user.ask(part.split(" ")[0], "+ACK", "MSG " + user.inbox + " 1 0\n");
          }
        }
      }
      owner.ask("$JS.API.CONSUMER.INFO.S.C", "", "\"num_ack_pending\":0");
      users.get(0).ask("js.CONSUMER.MSG.NEXT.S.C", "{\"batch\":1,\"no_wait\":true}", "404");
      users.get(1).ask("js.CONSUMER.MSG.NEXT.S.C", "{\"expires\":100000000}", "408");
      owner.ask("$JS.API.STREAM.MSG.GET.S", "{\"seq\":1}", "\"seq\":1");
      assertThat(owner.received()).as("who asked is not stored").doesNotContain("\"hdrs\"");
      users.forEach(Client::close);
    }
  }

  @Test
  void pushedMessagesWaitForASubscriptionInAnotherAccount() {
    try (SlipstreamServer server = start();
        Client owner = new Client(server, "js");
        Client user = new Client(server, "user")) {
      owner.ask("$JS.API.STREAM.CREATE.S", stream("S", "orders.>"), "did_create");
      owner.ask("orders.a", "order", "\"seq\":1}");
      owner.ask(
          "$JS.API.CONSUMER.DURABLE.CREATE.S.P",
          consumer("P", ",\"deliver_subject\":\"deliver.p\""),
          "\"num_pending\":1");
      user.send("SUB mine.p 7\n").await("MSG orders.a 7 $JS.ACK.S.P.1.");
      user.send("UNSUB 7\n").sync();
      owner.ask("orders.b", "order", "\"seq\":2}").sync();
      user.sync();
      assertThat(user.received()).doesNotContain("MSG orders.b");
      user.send("SUB mine.p 8\n").await("MSG orders.b 8 $JS.ACK.S.P.1.");
    }
  }

  @Test
  void streamKeepsWhatItsAccountImportsAndGoesOnAfterARestart() {
    try (SlipstreamServer server = start();
        Client owner = new Client(server, "js");
        Client keeper = new Client(server, "keeper")) {
      keeper.ask("$JS.API.STREAM.CREATE.K", stream("K", "kept.>"), "did_create");
      owner.send("PUB events.a 1\nx\n").sync();
      awaitMessages(keeper, 1);
      keeper.ask("kept.own", "y", "\"seq\":2}");
    }
    try (SlipstreamServer server = start();
        Client owner = new Client(server, "js");
        Client keeper = new Client(server, "keeper")) {
      owner.send("PUB events.b 1\nz\n").sync();
      awaitMessages(keeper, 3);
      keeper.ask("$JS.API.STREAM.MSG.GET.K", "{\"seq\":1}", "\"subject\":\"kept.a\"");
      keeper.ask("$JS.API.STREAM.MSG.GET.K", "{\"seq\":3}", "\"subject\":\"kept.b\"");
    }
  }

  @Test
  void streamsOfAnotherAccountAreMirroredAndSourcedOnceTheyAreThere() {
    String from = "\"name\":\"S\",\"external\":{\"api\":\"js\",\"deliver\":\"sync\"}";
    try (SlipstreamServer server = start();
        Client owner = new Client(server, "js");
        Client keeper = new Client(server, "keeper");
        Client deaf = new Client(server, "deaf")) {
      String mirror = "{\"name\":\"K\",\"mirror\":{" + from + "}}";
      keeper.ask("$JS.API.STREAM.CREATE.K", mirror, "did_create");
      deaf.ask("$JS.API.STREAM.CREATE.K", mirror, "did_create");
      owner.ask("$JS.API.STREAM.CREATE.S", stream("S", "orders.>"), "did_create");
      for (int i = 1; i <= 100; i++) {
        owner.ask("orders.a", "order", "\"seq\":" + i + "}");
      }
      awaitMessages(keeper, 100);
      String sources = "{\"name\":\"L\",\"sources\":[{" + from + "}]}";
      keeper.ask("$JS.API.STREAM.CREATE.L", sources, "did_create");
      keeper.ask("$JS.API.DIRECT.GET.S", "{\"seq\":1}", "503");
      deaf.ask("$JS.API.STREAM.INFO.K", "", "\"messages\":0,"); // what is delivered is not imported
    }
    try (SlipstreamServer server = start();
        Client owner = new Client(server, "js");
        Client keeper = new Client(server, "keeper")) {
      owner.ask("orders.b", "order", "\"seq\":101}");
      awaitMessages(keeper, 101);
      awaitMessages(keeper, "L", 101);
    }
  }

  /** What somebody else has published may still be on its way to the stream's loop. */
  private static void awaitMessages(Client client, int count) {
    awaitMessages(client, "K", count);
  }

  private static void awaitMessages(Client client, String stream, int count) {
    String wanted = "\"messages\":" + count + ",";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    String told;
    do {
      int before = client.received().length();
      client.ask("$JS.API.STREAM.INFO." + stream, "", "\"messages\":");
      client.sync();
      told = client.received().substring(before);
    } while (!told.contains(wanted) && System.nanoTime() < deadline);
    assertThat(told).contains(wanted);
  }
}
