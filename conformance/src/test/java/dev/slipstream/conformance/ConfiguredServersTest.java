// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipstream.client.Auth;
import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.Outgoing;
import dev.slipstream.protocol.wire.Status;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Both servers, with one configuration file and the same requests, answer alike: limits of accounts
 * and of the server, domains, accounts without JetStream.
 *
 * <p>A line of a script is the user, the subject and the payload, where {@code %100} stands for 100
 * bytes; {@code |} begins a header. {@code restart} has the server start again on its store.
 */
class ConfiguredServersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofMillis(300);

  private static final String ACCOUNTS =
      """
      accounts {
        A { users: [{user: a, password: a}], jetstream { max_mem: 2000, max_file: 3000,
            max_streams: 3, max_consumers: 2, max_ack_pending: 100,
            mem_max_stream_bytes: 1000, disk_max_stream_bytes: 2000 } }
        B { users: [{user: b, password: b}], jetstream { max_bytes_required: true } }
        C { users: [{user: c, password: c}], jetstream: enabled }
        D { users: [{user: d, password: d}] }
        SYS { users: [{user: s, password: s}] }
      }
      system_account: SYS
      """;

  /** One of the two servers, with a client for each user. */
  private static final class Side implements AutoCloseable {
    private final ServerProcess server;
    private final Map<String, NatsClient> clients = new HashMap<>();

    Side(List<String> command, String configuration) {
      server = ServerProcess.program(command).jetStream().configuration(configuration).start();
    }

    List<String> run(String script) {
      List<String> answers = new ArrayList<>();
      for (String line : script.lines().toList()) {
        if (line.equals("restart")) {
          clients.values().forEach(NatsClient::close);
          clients.clear();
          server.restart();
          continue;
        }
        String[] parts = line.split(" ", 3);
        answers.add(line + "\n  " + request(parts[0], parts[1], parts.length > 2 ? parts[2] : ""));
      }
      return answers;
    }

    private String request(String user, String subject, String rest) {
      NatsClient client =
          clients.computeIfAbsent(
              user,
              u ->
                  NatsClient.connect(
                      ClientOptions.builder().servers(server.url()).auth(Auth.user(u, u)).build()));
      String[] parts = rest.split(" \\| ");
      String body = parts[0];
      if (body.startsWith("%")) {
        body = "x".repeat(Integer.parseInt(body.substring(1)));
      }
      Outgoing message = Outgoing.to(subject).text(body);
      for (int i = 1; i < parts.length; i++) {
        String[] header = parts[i].split(": ");
        message = message.header(header[0], header[1]);
      }
      boolean silent = subject.endsWith(".NO_ANSWER");
      try {
        return shown(client.request(message, silent ? SILENCE : PATIENCE));
      } catch (NatsException failed) {
        return failed.getClass().getSimpleName();
      }
    }

    private static String shown(Message message) {
      Status status = message.status();
      String payload = new String(message.payload(), StandardCharsets.UTF_8);
      return (status == null ? "" : status.code() + " " + status.description())
          + MaskedJson.headers(message.headers())
          + (payload.startsWith("{") ? MaskedJson.of(payload) : payload);
    }

    @Override
    public void close() {
      clients.values().forEach(NatsClient::close);
      server.close();
    }
  }

  private static List<String> compare(String configuration, String script) {
    Tools tools = Tools.find();
    assumeTrue(tools.missing().isEmpty(), () -> tools.missing().orElse(""));
    try (Side theirs = new Side(tools.publicCommand(), configuration);
        Side ours = new Side(tools.ourCommand(), configuration)) {
      List<String> expected = theirs.run(script);
      assertThat(ours.run(script).stream().map(ConfiguredServersTest::withoutLevel).toList())
          .isEqualTo(expected.stream().map(ConfiguredServersTest::withoutLevel).toList());
      return expected;
    }
  }

  /** The API level is the one that a server really has. */
  private static String withoutLevel(String line) {
    return line.replaceAll("level=\\d", "level=*");
  }

  @Test
  void limitsOfAnAccountHoldItsStreams() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 100KB, max_file: 100KB }\n" + ACCOUNTS,
            """
            a $JS.API.INFO
            a $JS.API.STREAM.CREATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":2001}
            a $JS.API.STREAM.CREATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":4000}
            a $JS.API.STREAM.CREATE.S1 {"name":"S1","storage":"file","max_bytes":4000}
            a $JS.API.STREAM.CREATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":2000}
            a $JS.API.STREAM.CREATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":2000}
            a $JS.API.STREAM.CREATE.S2 {"name":"S2","subjects":["s2.>"],"max_bytes":1001}
            a $JS.API.STREAM.CREATE.S2 {"name":"S2","subjects":["s2.>"],"max_bytes":1000}
            a $JS.API.STREAM.CREATE.S3 {"name":"S3","subjects":["s3.>"]}
            a $JS.API.STREAM.CREATE.S3 {"name":"S3","subjects":["s3.>"],"storage":"file"}
            a $JS.API.STREAM.CREATE.S3 {"name":"S3","subjects":["s1.x"],"max_bytes":1}
            a $JS.API.STREAM.CREATE.S3 {"name":"S3","num_replicas":3}
            a $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_bytes":1001}
            a $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_consumers":3}
            a $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_bytes":1000}
            a $JS.API.STREAM.CREATE.M2 {"name":"M2","storage":"memory","max_age":-1}
            a $JS.API.STREAM.UPDATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":2001}
            a $JS.API.STREAM.UPDATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":1500}
            a $JS.API.STREAM.UPDATE.S1 {"name":"S1","subjects":["s1.>"],"max_bytes":2000}
            a $JS.API.STREAM.UPDATE.S2 {"name":"S2","subjects":["s2.>"],"max_bytes":1001}
            a $JS.API.STREAM.UPDATE.S2 {"name":"S2","subjects":["s1.x"],"max_bytes":1001}
            a $JS.API.STREAM.UPDATE.S2 {"name":"S2","subjects":["s1.x"],"max_bytes":1000}
            a $JS.API.STREAM.UPDATE.S2 {"name":"S2","subjects":["s2.>"],"max_consumers":3}
            a $JS.API.STREAM.UPDATE.S2 {"name":"S2","subjects":["s2.>"]}
            a $JS.API.INFO
            a $JS.API.STREAM.DELETE.S1
            a $JS.API.STREAM.CREATE.S4 {"name":"S4","subjects":["s4"],"max_bytes":2000}
            a $JS.API.INFO
            restart
            a $JS.API.INFO
            """);
    assertThat(answers.get(1)).contains("10122");
    assertThat(answers.get(3)).contains("10047");
    assertThat(answers.get(15)).contains("10027");
  }

  @Test
  void limitsOfAnAccountHoldPublishes() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 100KB, max_file: 100KB }\n" + ACCOUNTS,
            """
            a $JS.API.STREAM.CREATE.S {"name":"S","subjects":["s.>"],"allow_msg_ttl":true}
            a s.a %1000
            a s.a %5000
            a s.a %1000
            a s.a %1000
            a s.a %886
            a s.a %1
            a s.a %1 | Nats-Msg-Id: x
            a s.a %1 | Nats-TTL: nonsense
            a s.a %1 | Nats-Expected-Last-Sequence: 77
            a s.a %1 | Nats-Rollup: all
            a $JS.API.INFO
            a $JS.API.STREAM.CREATE.M {"name":"M","subjects":["m"],"storage":"memory"}
            a m %1900
            a m %100
            a $JS.API.STREAM.MSG.DELETE.S {"seq":1}
            a s.a %1000
            a $JS.API.STREAM.PURGE.S
            a s.a %1 | Nats-TTL: nonsense
            a $JS.API.INFO
            """);
    assertThat(answers.get(2)).contains("10002");
    assertThat(answers.get(9)).contains("10071");
    assertThat(answers.get(18)).contains("10165");
  }

  @Test
  void limitsHoldConsumers() {
    List<String> answers =
        compare(
            """
            jetstream { max_mem: 100KB, max_file: 100KB, limits: { max_ack_pending: 500,
              max_request_batch: 50, default_max_consumers: 2, duplicate_window: "10s" } }
            """
                + ACCOUNTS,
            """
            a $JS.API.STREAM.CREATE.S {"name":"S","subjects":["s.>"]}
            a $JS.API.CONSUMER.CREATE.S.a {"stream_name":"S","config":{"max_ack_pending":101}}
            a $JS.API.CONSUMER.CREATE.S.a {"stream_name":"S","config":{"name":"a"}}
            a $JS.API.CONSUMER.CREATE.S.b {"stream_name":"S","config":{"max_batch":51}}
            a $JS.API.CONSUMER.CREATE.S.b {"stream_name":"S","config":{"max_batch":50}}
            a $JS.API.CONSUMER.CREATE.S.c {"stream_name":"S"}
            a $JS.API.CONSUMER.CREATE.S.b {"stream_name":"S","config":{"max_batch":49}}
            c $JS.API.STREAM.CREATE.S {"name":"S","subjects":["s.>"]}
            c $JS.API.CONSUMER.CREATE.S.a {"stream_name":"S","config":{"max_ack_pending":501}}
            c $JS.API.CONSUMER.CREATE.S.a {"stream_name":"S"}
            c $JS.API.CONSUMER.CREATE.S.b {"stream_name":"S"}
            c $JS.API.CONSUMER.CREATE.S.c {"stream_name":"S"}
            c $JS.API.STREAM.UPDATE.S {"name":"S","subjects":["s.>"],"max_consumers":3}
            c $JS.API.CONSUMER.CREATE.S.c {"stream_name":"S"}
            c $JS.API.CONSUMER.CREATE.S.d {"stream_name":"S"}
            c $JS.API.STREAM.CREATE.D {"name":"D","duplicate_window":11000000000}
            c $JS.API.STREAM.CREATE.D {"name":"D"}
            """);
    assertThat(answers.get(1)).contains("10121");
    assertThat(answers.get(11)).contains("10026");
    assertThat(answers.get(14)).contains("10026");
  }

  @Test
  void limitsOfTheServerHoldAllAccounts() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 10KB, max_file: 10KB }\n" + ACCOUNTS,
            """
            c $JS.API.STREAM.CREATE.S {"name":"S","subjects":["s.>"]}
            b $JS.API.STREAM.CREATE.T {"name":"T","subjects":["t.>"]}
            b $JS.API.STREAM.CREATE.T {"name":"T","subjects":["t.>"],"max_bytes":0}
            b $JS.API.STREAM.CREATE.T {"name":"T","subjects":["a b"],"max_bytes":0}
            b $JS.API.STREAM.CREATE.T {"name":"T","subjects":["t.>"],"max_bytes":10000}
            b $JS.API.STREAM.UPDATE.T {"name":"T","subjects":["t.>"]}
            c $JS.API.STREAM.CREATE.U {"name":"U","storage":"file","max_bytes":300}
            c $JS.API.STREAM.CREATE.U {"name":"U","storage":"file","max_bytes":240}
            c $JS.API.STREAM.CREATE.V {"name":"V"}
            c $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_bytes":20000}
            c $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_bytes":10240}
            c $JS.API.STREAM.CREATE.M {"name":"M","storage":"memory","max_bytes":10240}
            c s.a %10000
            c s.a %10000
            c s.a
            b t.a
            c M
            c $JS.API.INFO
            b $JS.API.INFO
            """);
    assertThat(answers.get(1)).contains("10113");
    assertThat(answers.get(14)).contains("10023");
    assertThat(answers.get(15)).contains("10023");
  }

  @Test
  void accountsWithoutJetStreamAreToldSo() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 10KB, max_file: 10KB }\n" + ACCOUNTS,
            """
            d $JS.API.INFO
            d $JS.API.STREAM.NAMES
            d $JS.API.STREAM.LIST
            d $JS.API.STREAM.CREATE.x
            d $JS.API.STREAM.UPDATE.x
            d $JS.API.STREAM.INFO.x
            d $JS.API.STREAM.DELETE.x
            d $JS.API.STREAM.PURGE.x
            d $JS.API.STREAM.MSG.GET.x
            d $JS.API.STREAM.MSG.DELETE.x
            d $JS.API.STREAM.LEADER.STEPDOWN.x
            d $JS.API.STREAM.PEER.REMOVE.x
            d $JS.API.CONSUMER.CREATE.x {
            d $JS.API.CONSUMER.CREATE.x {}
            d $JS.API.CONSUMER.CREATE.x.y {"stream_name":"x"}
            d $JS.API.CONSUMER.DURABLE.CREATE.x.y {}
            d $JS.API.CONSUMER.NAMES.x
            d $JS.API.CONSUMER.LIST.x
            d $JS.API.CONSUMER.INFO.x.y
            d $JS.API.CONSUMER.DELETE.x.y
            d $JS.API.CONSUMER.PAUSE.x.y
            d $JS.API.CONSUMER.UNPIN.x.y
            d $JS.API.CONSUMER.UNPIN.x.y {"group":"g"}
            d $JS.API.CONSUMER.MSG.NEXT.x.y
            d $JS.API.DIRECT.GET.x
            d $JS.API.CONSUMER.RESET.x.NO_ANSWER
            d $JS.API.NO_ANSWER
            d $JS.API.INFO  | Nats-Required-Api-Level: 9
            s $JS.API.INFO
            s $JS.API.STREAM.NAMES
            s $JS.API.CONSUMER.MSG.NEXT.x.y
            s $JS.API.ANYTHING
            """);
    assertThat(answers.get(0)).contains("10039");
  }

  @Test
  void domainIsAnotherWayToTheApiAndToBuckets() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 10KB, max_file: 10KB, domain: HUB }\n" + ACCOUNTS,
            """
            c $JS.HUB.API.INFO
            c $JS.API.INFO
            c $JS.HUB.API.INFO.x
            c $JS.OTHER.API.INFO
            c $JS.HUB.API.STREAM.CREATE.KV_B {"name":"KV_B","subjects":["$KV.B.>"],"allow_direct":true}
            c $JS.HUB.API.STREAM.UPDATE.KV_B {"name":"KV_B","subjects":["$KV.B.>"],"allow_direct":true}
            c $JS.HUB.API.STREAM.INFO.KV_B
            c $JS.API.STREAM.LIST
            c $JS.HUB.API.$KV.B.key value
            c $KV.B.key value | Nats-Msg-Id: 1
            c $JS.HUB.API.$KV.B.key value | Nats-Msg-Id: 1
            c $JS.HUB.API.$OBJ.B.key value
            c $JS.HUB.API.$O.B.key value
            c $JS.HUB.API.$KV
            c $JS.HUB.API.DIRECT.GET.KV_B.$KV.B.key
            c $JS.HUB.API.STREAM.MSG.GET.KV_B {"seq":1}
            c $JS.HUB.API.CONSUMER.CREATE.KV_B.c {"stream_name":"KV_B"}
            c $JS.HUB.API.CONSUMER.INFO.KV_B.c
            c $JS.HUB.API.CONSUMER.MSG.NEXT.KV_B.zz
            c $JS.HUB.API.META.LEADER.NO_ANSWER
            d $JS.HUB.API.INFO
            s $JS.HUB.API.INFO
            """);
    assertThat(answers.get(0)).contains("domain=\"HUB\"");
    assertThat(answers.get(8)).contains("seq=1");
  }

  @Test
  void lenientServerTakesFieldsThatItDoesNotKnow() {
    List<String> answers =
        compare(
            "jetstream { max_mem: 10KB, max_file: 10KB, strict: false }\n" + ACCOUNTS,
            """
            c $JS.API.STREAM.CREATE.S {"name":"S","colour":"red"}
            c $JS.API.STREAM.CREATE.T {"name":"T","placement":{"colour":"red"}}
            c $JS.API.CONSUMER.CREATE.S.c {"stream_name":"S","config":{"colour":"red"}}
            c $JS.API.STREAM.NAMES {"colour":"red"}
            c $JS.API.STREAM.NAMES {"offset":
            c $JS.API.STREAM.NAMES {} x
            c $JS.API.STREAM.NAMES {"offset":"a"}
            c $JS.API.STREAM.PURGE.S {"colour":"red"}
            """);
    assertThat(answers.get(0)).contains("did_create");
  }
}
