// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.json.JsonReader;
import org.junit.jupiter.api.Test;

class ConnectionDocumentsTest {

  private static JsonReader in(String json) {
    return JsonReader.of(json.getBytes(UTF_8));
  }

  @Test
  void infoOfThePublicServerIsReadAndWrittenByteForByte() {
    for (String line : Golden.lines("infos.txt")) {
      ServerInfo info = ServerInfo.read(in(line));
      assertThat(Golden.written(info::write)).isEqualTo(line);
      assertThat(info.toBuilder().build()).isEqualTo(info);
      assertThat(info.version()).isEqualTo("2.15.2");
      assertThat(info.maxPayload()).isEqualTo(1 << 20);
    }
    assertThat(Golden.lines("infos.txt")).hasSize(3);
  }

  @Test
  void everyFieldOfAnInfoSurvives() {
    ServerInfo info =
        ServerInfo.builder()
            .serverId("N")
            .serverName("n")
            .version("2")
            .proto(1)
            .gitCommit("c")
            .go("g")
            .host("h")
            .port(4222)
            .headers(true)
            .authRequired(true)
            .tlsRequired(true)
            .tlsVerify(true)
            .tlsAvailable(true)
            .maxPayload(5)
            .jetstream(true)
            .ip("i")
            .clientId(6)
            .clientIp("ci")
            .nonce("o")
            .cluster("cl")
            .clusterDynamic(true)
            .domain("d")
            .connectUrls("a:1", "b:2")
            .wsConnectUrls("w")
            .lameDuckMode(true)
            .compression("s2")
            .connectInfo(true)
            .remoteAccount("A")
            .systemAccount(true)
            .apiLevel(5)
            .xkey("X")
            .build();
    assertThat(ServerInfo.read(in(Golden.written(info::write)))).isEqualTo(info);
  }

  @Test
  void whatConnectLeavesOutKeepsItsDefault() {
    ConnectOptions bare = ConnectOptions.read(in("{}"));
    assertThat(bare).isEqualTo(ConnectOptions.DEFAULT);
    assertThat(bare.verbose()).isTrue();
    assertThat(bare.pedantic()).isTrue();
    assertThat(bare.echo()).isTrue();
    assertThat(bare.headers()).isFalse();
    assertThat(ConnectOptions.read(in("{\"verbose\":null,\"echo\":null,\"user\":null}")))
        .isEqualTo(bare);
    assertThat(ConnectOptions.read(in("{\"verbose\":false,\"unknown\":{\"a\":1}}")).verbose())
        .isFalse();
  }

  @Test
  void anotherConnectChangesOnlyWhatItNames() {
    ConnectOptions first =
        ConnectOptions.read(in("{\"verbose\":false,\"user\":\"u\",\"pass\":\"p\"}"));
    ConnectOptions second = first.readAgain(in("{\"user\":\"v\"}"));
    assertThat(second).isEqualTo(first.toBuilder().user("v").build());
  }

  @Test
  void everyFieldOfConnectSurvives() {
    ConnectOptions options =
        ConnectOptions.builder()
            .verbose(false)
            .pedantic(false)
            .tlsRequired(true)
            .authToken("t")
            .user("u")
            .pass("p")
            .name("n")
            .lang("java")
            .version("1")
            .protocol(1)
            .echo(false)
            .headers(true)
            .noResponders(true)
            .nkey("k")
            .jwt("j")
            .sig("s")
            .proxySig("ps")
            .account("a")
            .newAccount(true)
            .remoteAccount("r")
            .build();
    assertThat(ConnectOptions.read(in(Golden.written(options::write)))).isEqualTo(options);
  }
}
