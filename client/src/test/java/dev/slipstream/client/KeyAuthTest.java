// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.testkit.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** NKeys and JWTs, against the public server. */
@Timeout(90)
@SuppressWarnings("NullAway.Init")
class KeyAuthTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path directory;

  private static TestKey user;
  private static TestKey other;
  private static String jwt;
  private static String operatorMode;

  @BeforeAll
  static void makeKeys() throws Exception {
    user = new TestKey(TestKey.USER);
    other = new TestKey(TestKey.USER);
    TestKey operator = new TestKey(TestKey.OPERATOR);
    TestKey account = new TestKey(TestKey.ACCOUNT);
    String limits =
        "{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,"
            + "\"wildcards\":true,\"conn\":-1,\"leaf\":-1}";
    String operatorJwt = operator.jwt(operator, "{\"type\":\"operator\",\"version\":2}");
    String accountJwt =
        operator.jwt(account, "{\"limits\":" + limits + ",\"type\":\"account\",\"version\":2}");
    jwt =
        account.jwt(
            user,
            "{\"pub\":{},\"sub\":{},\"subs\":-1,\"data\":-1,\"payload\":-1,"
                + "\"type\":\"user\",\"version\":2}");
    operatorMode =
        "operator: %s\nresolver: MEMORY\nresolver_preload: { %s: %s }\n"
            .formatted(operatorJwt, account.publicKey(), accountJwt);
  }

  private static ServerProcess nkeyServer() {
    return TestServer.configured(
        "authorization { users: [ { nkey: %s } ] }\n".formatted(user.publicKey()));
  }

  private static ClientOptions.Builder to(ServerProcess server, Auth auth) {
    return ClientOptions.builder()
        .servers(server.url())
        .auth(auth)
        .connectTimeout(PATIENCE)
        .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200));
  }

  private static void connect(ServerProcess server, Auth auth) {
    try (NatsClient nc = NatsClient.connect(to(server, auth).build())) {
      nc.flush(PATIENCE);
    }
  }

  private static void assertRefused(ServerProcess server, Auth auth, String words) {
    assertThatThrownBy(() -> connect(server, auth))
        .isInstanceOfSatisfying(
            ConnectFailedException.class,
            e ->
                assertThat(e.attempts().get(0).cause())
                    .isInstanceOf(AuthException.class)
                    .hasMessageContaining(words)
                    .message()
                    .doesNotContain(user.seed(), jwt));
  }

  private static void writeCredentials(Path file, String token, String seed) throws Exception {
    Files.writeString(
        file,
        """
        -----BEGIN NATS USER JWT-----
        %s
        ------END NATS USER JWT------

        ************************* IMPORTANT *************************
        A note.

        -----BEGIN USER NKEY SEED-----
        %s
        ------END USER NKEY SEED------

        *************************************************************
        """
            .formatted(token, seed));
  }

  @Test
  void aKeyIsLetIn() {
    try (ServerProcess server = nkeyServer()) {
      connect(server, Auth.nkey(user.seed()));
      connect(
          server, Auth.callback(nonce -> Auth.signed(user.publicKey(), null, user.sign(nonce))));
      assertRefused(server, Auth.nkey(other.seed()), "Authorization Violation");
      assertRefused(server, Auth.none(), "Authorization Violation");
      assertRefused(
          server,
          Auth.callback(nonce -> Auth.signed(user.publicKey(), null, user.sign(new byte[8]))),
          "Authorization Violation");
    }
  }

  @Test
  void aJwtIsLetIn() throws Exception {
    Path file = directory.resolve("user.creds");
    writeCredentials(file, jwt, user.seed());
    try (ServerProcess server = TestServer.configured(operatorMode)) {
      connect(server, Auth.jwt(jwt, user.seed()));
      connect(server, Auth.credentials(file));
      connect(server, Auth.callback(nonce -> Auth.signed(null, jwt, user.sign(nonce))));
      connect(server, Auth.callback(nonce -> Auth.credentials(file)));
      assertRefused(server, Auth.jwt(jwt, other.seed()), "Authorization Violation");
      assertRefused(server, Auth.nkey(user.seed()), "Authorization Violation");
    }
  }

  @Test
  void aFileIsReadAnewForEachAttempt() throws Exception {
    Path file = directory.resolve("renewed.creds");
    writeCredentials(file, jwt, user.seed());
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = TestServer.configured(operatorMode);
        NatsClient nc =
            NatsClient.connect(to(server, Auth.credentials(file)).onEvent(events).build())) {
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      writeCredentials(file, jwt, other.seed());
      server.start();
      while (!(events.await(ClientEvent.AttemptFailed.class).cause() instanceof AuthException)) {
        // while the server was away
      }
      assertThat(nc.state()).isEqualTo(ClientState.RECONNECTING);
      writeCredentials(file, jwt, user.seed());
      events.await(ClientEvent.Reconnected.class);
      nc.flush(PATIENCE);
    }
  }

  @Test
  void aCallbackIsAskedForEachAttempt() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Auth auth =
        Auth.callback(
            nonce -> {
              asked.incrementAndGet();
              return Auth.signed(user.publicKey(), null, user.sign(nonce));
            });
    Events<ClientEvent> events = new Events<>();
    try (ServerProcess server = nkeyServer();
        NatsClient nc = NatsClient.connect(to(server, auth).onEvent(events).build())) {
      assertThat(asked.get()).isEqualTo(1);
      server.killAndRestart();
      events.await(ClientEvent.Reconnected.class);
      nc.flush(PATIENCE);
      assertThat(asked.get()).isGreaterThan(1);
    }
  }

  @Test
  void whatCannotBeSentFailsWithTheReason() throws Exception {
    Path missing = directory.resolve("missing.creds");
    Path empty = Files.writeString(directory.resolve("empty.creds"), "nothing\n");
    Path broken = directory.resolve("broken.creds");
    writeCredentials(broken, jwt, user.seed().replace(user.seed().charAt(20), '1'));
    try (ServerProcess server = TestServer.configured(operatorMode)) {
      assertRefused(server, Auth.credentials(missing), "does not exist");
      assertRefused(server, Auth.credentials(empty), "no JWT");
      assertRefused(server, Auth.credentials(broken), "base32");
      assertRefused(
          server,
          Auth.callback(
              nonce -> {
                throw new IllegalStateException("vault is shut");
              }),
          "vault is shut");
      assertRefused(server, Auth.callback(nonce -> Auth.callback(n -> Auth.none())), "gave none");
    }
    try (ServerProcess server = TestServer.started()) {
      assertRefused(server, Auth.nkey(user.seed()), "nothing to sign");
    }
  }

  @Test
  void aSeedThatIsNoneIsRefusedWithoutBeingShown() throws Exception {
    String seed = user.seed();
    char wrong = seed.charAt(20) == 'A' ? 'B' : 'A';
    assertSeedRefused(seed.substring(0, 20) + wrong + seed.substring(21), "checksum");
    assertSeedRefused(seed.substring(1), "58 characters");
    assertSeedRefused(seed.toLowerCase(java.util.Locale.ROOT), "base32");
    assertSeedRefused(new TestKey(TestKey.ACCOUNT).seed(), "SU");
    assertSeedRefused(user.publicKey(), "58 characters");
    assertThat(Auth.nkey(seed).toString()).doesNotContain(seed);
    assertThat(Auth.jwt(jwt, seed).toString()).doesNotContain(seed).doesNotContain(jwt);
  }

  @Test
  void thePublicKeyIsThatOfTheSeed() throws Exception {
    assertThat(NkeySeed.parse(user.seed()).publicKey()).isEqualTo(user.publicKey());
    // the example of the documentation of NATS
    assertThat(
            NkeySeed.parse("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY")
                .publicKey())
        .isEqualTo("UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4");
  }

  private static void assertSeedRefused(String seed, String words) {
    assertThatThrownBy(() -> Auth.nkey(seed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words)
        .message()
        .doesNotContain(seed);
  }
}
