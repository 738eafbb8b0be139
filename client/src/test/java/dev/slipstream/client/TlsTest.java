// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS, against the public server. */
@Timeout(90)
@SuppressWarnings("NullAway.Init")
class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path directory;

  private static Certificates.Pair own;
  private static Certificates.Pair stranger;

  @BeforeAll
  static void makeCertificates() throws Exception {
    own = Certificates.make(directory, "own", "dns:localhost,ip:127.0.0.1");
    stranger = Certificates.make(directory, "stranger", "dns:elsewhere");
  }

  private static ServerProcess serverWith(Certificates.Pair shown, String more) {
    return serverWith(shown, more, "");
  }

  private static ServerProcess serverWith(Certificates.Pair shown, String more, String besides) {
    String tls =
        "tls { cert_file: '%s', key_file: '%s'\n %s }\n"
            .formatted(shown.certificate(), shown.key(), more);
    return TestServer.configured(tls + "max_payload: 2MB\n" + besides);
  }

  private static ClientOptions.Builder to(ServerProcess server) {
    return ClientOptions.builder()
        .servers(server.url())
        .connectTimeout(PATIENCE)
        .reconnectDelay(Duration.ofMillis(20), Duration.ofMillis(200));
  }

  private static void echoes(NatsClient nc, int bytes) throws InterruptedException {
    byte[] payload = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(payload);
    try (SyncSubscription subscription = nc.subscribeSync("echo")) {
      nc.publish("echo", payload);
      assertThat(Objects.requireNonNull(subscription.poll(PATIENCE)).payload()).isEqualTo(payload);
    }
  }

  private static void assertRefused(ClientOptions.Builder options, String... words) {
    Refusals.assertFails(options, TlsException.class, words);
  }

  @Test
  void messagesOfAllSizesPassBothWays() throws Exception {
    try (ServerProcess server = serverWith(own, "");
        NatsClient nc =
            NatsClient.connect(to(server).tls(PemFiles.trusting(own.certificate())).build())) {
      for (int bytes : new int[] {0, 1, 16 * 1024, 64 * 1024 + 1, 1024 * 1024}) {
        echoes(nc, bytes);
      }
      try (SyncSubscription subscription = nc.subscribeSync("many")) {
        byte[] payload = new byte[1024 * 1024];
        for (int i = 0; i < 20; i++) {
          nc.publish("many", payload);
        }
        for (int i = 0; i < 20; i++) {
          Message came = Objects.requireNonNull(subscription.poll(PATIENCE));
          assertThat(came.payload()).hasSize(payload.length);
        }
      }
    }
  }

  @Test
  void theHandshakeMayComeFirst() throws Exception {
    try (ServerProcess server = serverWith(own, "handshake_first: true");
        NatsClient nc =
            NatsClient.connect(
                to(server).tls(PemFiles.trusting(own.certificate())).tlsFirst(true).build())) {
      echoes(nc, 100_000);
      Refusals.assertFails(
          to(server)
              .tls(PemFiles.trusting(own.certificate()))
              .connectTimeout(Duration.ofMillis(300)),
          IOException.class,
          "greeting within 300 ms",
          "tlsFirst(true)");
    }
  }

  @Test
  void theServerMayAskForACertificate() throws Exception {
    String verify = "verify: true, ca_file: '%s'".formatted(own.certificate());
    PemFiles trust = PemFiles.trusting(own.certificate());
    try (ServerProcess server = serverWith(own, verify)) {
      try (NatsClient nc =
          NatsClient.connect(
              to(server).tls(trust.identity(own.certificate(), own.key())).build())) {
        echoes(nc, 1000);
      }
      assertRefused(to(server).tls(trust), "certificate");
    }
  }

  @Test
  void aServerThatIsNotTrustedIsRefusedWithTheReason() {
    try (ServerProcess server = serverWith(own, "")) {
      assertRefused(to(server), "handshake failed", "unable to find valid certification path");
      assertRefused(
          to(server).tls(PemFiles.trusting(stranger.certificate())), "handshake failed", "path");
      assertRefused(
          to(server).tls(PemFiles.trusting(directory.resolve("missing.pem"))), "missing.pem");
    }
  }

  @Test
  void theCertificateHasToNameTheHost() {
    try (ServerProcess server = serverWith(stranger, "")) {
      assertRefused(
          to(server).tls(PemFiles.trusting(stranger.certificate())),
          "handshake failed",
          "127.0.0.1");
    }
  }

  @Test
  void whoAsksForTlsIsNotServedWithoutIt() {
    try (ServerProcess server = TestServer.started()) {
      PemFiles trust = PemFiles.trusting(own.certificate());
      assertRefused(to(server).tls(trust), "offers no TLS");
      assertRefused(to(server).tls(trust).tlsFirst(true), "TLS");
      assertRefused(
          ClientOptions.builder().servers("tls://127.0.0.1:" + server.port()), "offers no TLS");
    }
  }

  @Test
  void whereTlsIsAvailableItIsTheClientsChoice() throws Exception {
    try (ServerProcess server = serverWith(own, "", "allow_non_tls: true\n")) {
      try (NatsClient nc = NatsClient.connect(to(server).build())) {
        echoes(nc, 1000);
      }
      try (NatsClient nc =
          NatsClient.connect(to(server).tls(PemFiles.trusting(own.certificate())).build())) {
        echoes(nc, 1000);
      }
      // with the JDK's trust, which shows that TLS was used
      assertRefused(ClientOptions.builder().servers("tls://127.0.0.1:" + server.port()), "path");
    }
  }

  @Test
  void aLostConnectionIsMadeAgainWithAContextOfItsOwn() throws Exception {
    Events<ClientEvent> events = new Events<>();
    AtomicInteger asked = new AtomicInteger();
    PemFiles files = PemFiles.trusting(own.certificate());
    try (ServerProcess server = serverWith(own, "");
        NatsClient nc =
            NatsClient.connect(
                to(server)
                    .tls(
                        () -> {
                          asked.incrementAndGet();
                          return files.get();
                        })
                    .onEvent(events)
                    .build())) {
      echoes(nc, 1000);
      assertThat(asked.get()).isEqualTo(1);
      server.kill();
      events.await(ClientEvent.Disconnected.class);
      server.start();
      events.await(ClientEvent.Reconnected.class);
      echoes(nc, 1024 * 1024);
      assertThat(asked.get()).isGreaterThan(1);
    }
  }
}
