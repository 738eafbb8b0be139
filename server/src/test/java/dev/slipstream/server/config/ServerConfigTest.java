// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static dev.slipstream.server.config.ReadConfig.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {

  @Test
  void nothingSetGivesThePublicDefaults() {
    ServerConfig config = ServerConfig.builder().build();
    assertThat(config.host()).isEqualTo("0.0.0.0");
    assertThat(config.port()).isEqualTo(4222);
    assertThat(config.serverName()).isNull();
    assertThat(config.httpHost()).isEqualTo("0.0.0.0");
    assertThat(config.httpPort()).isZero();
    assertThat(config.maxControlLine()).isEqualTo(4096);
    assertThat(config.maxPayload()).isEqualTo(1 << 20);
    assertThat(config.maxPendingBytes()).isEqualTo(64L << 20);
    assertThat(config.maxConnections()).isEqualTo(65536);
    assertThat(config.maxSubscriptions()).isZero();
    assertThat(config.pingIntervalNanos()).isEqualTo(120_000_000_000L);
    assertThat(config.pingMax()).isEqualTo(2);
    assertThat(config.writeDeadlineNanos()).isEqualTo(10_000_000_000L);
    assertThat(config.authTimeoutNanos()).isEqualTo(2_000_000_000L);
    assertThat(config.lameDuckDurationNanos()).isEqualTo(120_000_000_000L);
    assertThat(config.lameDuckGracePeriodNanos()).isEqualTo(10_000_000_000L);
    assertThat(config.jetStream()).isEqualTo(JetStreamConfig.DISABLED);
    assertThat(config.jetStream().sync()).isEqualTo(SyncPolicy.ALWAYS);
    assertThat(config.jetStream().strict()).isTrue();
    assertThat(config.authorization()).isEqualTo(AuthorizationConfig.NONE);
    assertThat(config.authorizationRequired()).isFalse();
    assertThat(config.systemAccount()).isEqualTo("$SYS");
    assertThat(config.log()).isEqualTo(LogConfig.DEFAULT);
  }

  @Test
  void fieldsOfTheTopLevelAreRead() {
    ServerConfig config =
        read(
            """
            listen: "127.0.0.1:-1"
            server_name: n1
            http: localhost:8222
            http_base_path: "mon/"
            client_advertise: "example.org:4222"
            debug: true, trace: false, logtime: false, logtime_utc: true
            log_file: "/tmp/a.log", log_size_limit: 1MB, log_max_num: 3
            pid_file: /tmp/a.pid
            ports_file_dir: /tmp
            max_control_line: 8kb, max_payload: 2MB, max_pending: 8MB
            max_conn: 0, max_subs: 7, max_sub_tokens: 8
            ping_interval: "5s", ping_max: 3, write_deadline: "1s500ms"
            lame_duck_duration: "40s", lame_duck_grace_period: 0s
            server_tags: [a, "b:c"]
            server_metadata { region: eu }
            """);
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(ServerConfig.RANDOM_PORT);
    assertThat(config.serverName()).isEqualTo("n1");
    assertThat(config.httpHost()).isEqualTo("localhost");
    assertThat(config.httpPort()).isEqualTo(8222);
    assertThat(config.httpBasePath()).isEqualTo("/mon");
    assertThat(config.clientAdvertise()).isEqualTo("example.org:4222");
    assertThat(config.log())
        .isEqualTo(
            new LogConfig(true, false, false, false, true, Path.of("/tmp/a.log"), 1 << 20, 3));
    assertThat(config.pidFile()).isEqualTo(Path.of("/tmp/a.pid"));
    assertThat(config.portsFileDir()).isEqualTo(Path.of("/tmp"));
    assertThat(config.maxControlLine()).isEqualTo(8192);
    assertThat(config.maxPayload()).isEqualTo(2 << 20);
    assertThat(config.maxPendingBytes()).isEqualTo(8L << 20);
    assertThat(config.maxConnections()).isEqualTo(-1);
    assertThat(config.maxSubscriptions()).isEqualTo(7);
    assertThat(config.maxSubscriptionTokens()).isEqualTo(8);
    assertThat(config.pingIntervalNanos()).isEqualTo(5_000_000_000L);
    assertThat(config.pingMax()).isEqualTo(3);
    assertThat(config.writeDeadlineNanos()).isEqualTo(1_500_000_000L);
    assertThat(config.lameDuckDurationNanos()).isEqualTo(40_000_000_000L);
    assertThat(config.lameDuckGracePeriodNanos()).isEqualTo(10_000_000_000L);
    assertThat(config.serverTags()).containsExactly("a", "b:c");
    assertThat(config.serverMetadata()).isEqualTo(Map.of("region", "eu"));
  }

  @Test
  void listenTakesAddressAndPortInAllForms() {
    assertThat(read("listen: 5222").port()).isEqualTo(5222);
    assertThat(read("listen: 5222").host()).isEqualTo("0.0.0.0");
    assertThat(read("listen: \"[::1]:5222\"").host()).isEqualTo("::1");
    assertThat(read("listen: \":5222\"").host()).isEqualTo("0.0.0.0");
    assertThat(read("LISTEN: localhost:5222").host()).isEqualTo("localhost");
    assertThat(read("net: 10.0.0.1, port: 1").host()).isEqualTo("10.0.0.1");
  }

  @Test
  void jetStreamIsReadInAllForms() {
    assertThat(read("jetstream: true").jetStream().enabled()).isTrue();
    assertThat(read("jetstream: enabled").jetStream().enabled()).isTrue();
    assertThat(read("jetstream: disabled").jetStream().enabled()).isFalse();
    assertThat(read("jetstream {}").jetStream().enabled()).isTrue();
    assertThat(read("jetstream { enabled: false }").jetStream().enabled()).isFalse();
    assertThat(read("jetstream: on, store_dir: /data").jetStream().directory())
        .isEqualTo(Path.of("/data/jetstream"));
    JetStreamConfig config =
        read("""
                jetstream {
                  store_dir: "/data", max_mem: 1G, max_file: "10G", domain: hub, strict: false
                  sync_interval: "2m"
                  limits {
                    max_ack_pending: 100, max_request_batch: 200, duplicate_window: "1m"
                    batch { max_inflight_per_stream: 1, max_inflight_total: 2, max_msgs: 3, timeout: 4s }
                  }
                  max_buffered_msgs: 5, max_buffered_size: 6k
                }
                """)
            .jetStream();
    assertThat(config)
        .isEqualTo(
            new JetStreamConfig(
                true,
                false,
                Path.of("/data"),
                1_000_000_000L,
                10L << 30,
                "hub",
                SyncPolicy.every(120_000_000_000L),
                new JetStreamLimits(
                    100, 200, 0, 60_000_000_000L, 1, 2, 3, 4_000_000_000L, 6000, 5, 0)));
    assertThat(read("jetstream {sync: always}").jetStream().sync()).isEqualTo(SyncPolicy.ALWAYS);
    assertThat(read("jetstream {sync: never}").jetStream().sync()).isEqualTo(SyncPolicy.NEVER);
  }

  @Test
  void sizesThatNobodySetFollowTheMachine(@TempDir Path dir) {
    JetStreamConfig config =
        read("jetstream { store_dir: \"" + dir + "/a/b\" }").resolved().jetStream();
    assertThat(config.maxMemoryBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 2);
    assertThat(config.maxFileBytes()).isPositive();
    JetStreamConfig set = read("jetstream { max_mem: 0, max_file: 5 }").resolved().jetStream();
    assertThat(set.maxMemoryBytes()).isZero();
    assertThat(set.maxFileBytes()).isEqualTo(5);
    assertThat(set.isTemporary()).isTrue();
    assertThat(set.directory().toString()).endsWith("slipstream/jetstream");
  }

  @Test
  void consumersOfAStreamAreAThousandUnlessSaidOtherwise() {
    assertThat(read("jetstream {}").jetStream().limits().mostConsumers()).isEqualTo(1000);
    assertThat(limits("default_max_consumers: 5").mostConsumers()).isEqualTo(5);
    assertThat(limits("default_max_consumers: -1").mostConsumers()).isNegative();
  }

  private static JetStreamLimits limits(String text) {
    return read("jetstream { limits { " + text + " } }").jetStream().limits();
  }

  @Test
  void domainIsOneToken() {
    assertThatThrownBy(() -> read("jetstream { domain: \"a.b\" }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("invalid domain name: may not contain ., * or >");
    assertThatThrownBy(() -> read("jetstream { domain: \"a b\" }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "invalid domain name: derived \"$JS.a b.API.>\" is not a valid subject");
  }

  @Test
  void laterSettingsReplaceThoseOfTheFile() {
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readText("port: 1111, jetstream { store_dir: /a, domain: d }");
    ServerConfig config =
        builder.port(2222).storeDirectory(Path.of("/b")).jetStreamEnabled(false).build();
    assertThat(config.port()).isEqualTo(2222);
    assertThat(config.jetStream().storeDir()).isEqualTo(Path.of("/b"));
    assertThat(config.jetStream().domain()).isEqualTo("d");
    assertThat(config.jetStream().enabled()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsNamedWithItsPlace(String text, String message) {
    ReadConfig.refuses(text, message);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("\nfoo: 1", "config:2:1: unknown field \"foo\""),
        Arguments.of("jetstream {\n  foo: 1\n}", "config:2:3: unknown field \"foo\""),
        Arguments.of("jetstream { limits { x: 1 } }", "config:1:21: unknown field \"x\""),
        Arguments.of("port: abc", "config:1:0: port: expected an integer, got a string"),
        Arguments.of("debug: 1", "config:1:0: debug: expected a boolean, got an integer"),
        Arguments.of("host: [a]", "config:1:0: host: expected a string, got an array"),
        Arguments.of("listen: abc", "config:1:0: could not parse address string \"abc\""),
        Arguments.of("listen: \"a:b\"", "config:1:0: could not parse port \"b\""),
        Arguments.of("listen: true", "config:1:0: expected port or host:port, got a boolean"),
        Arguments.of("server_name: \"a b\"", "config:1:0: server name cannot contain spaces"),
        Arguments.of("max_payload: 3000MB", "config:1:0: max_payload value is too big"),
        Arguments.of("max_sub_tokens: 256", "config:1:0: max_sub_tokens value is too big"),
        Arguments.of("max_sub_tokens: 0", "config:1:0: max_sub_tokens value can not be negative"),
        Arguments.of(
            "ping_interval: 5x",
            "config:1:0: error parsing ping_interval: time: unknown unit \"x\" in duration \"5x\""),
        Arguments.of(
            "lame_duck_duration: 10s",
            "config:1:0: invalid lame_duck_duration of 10s, minimum is 30 seconds"),
        Arguments.of(
            "lame_duck_grace_period: \"-1s\"",
            "config:1:0: invalid lame_duck_grace_period, needs to be positive"),
        Arguments.of(
            "jetstream: maybe",
            "config:1:0: Expected 'enabled' or 'disabled' for string value, got 'maybe'"),
        Arguments.of(
            "store_dir: /a\njetstream { store_dir: /b }",
            "config:2:13: Duplicate 'store_dir' configuration"),
        Arguments.of(
            "jetstream { max_mem: 1.5 }", "config:1:12: max_mem_store must be int64 or string"),
        Arguments.of(
            "jetstream { max_file: \"10X\" }",
            "config:1:12: max_file_store sizes defined as strings must end in K, M, G, T"),
        Arguments.of(
            "jetstream { sync: 0s }",
            "config:1:12: sync must be 'always', 'never' or a time above 0"),
        Arguments.of(
            "max_payload: 100MB",
            "max_payload (104857600) cannot be higher than max_pending (67108864)"),
        Arguments.of(
            "lame_duck_duration: 30s, lame_duck_grace_period: 40s",
            "lame duck grace period (40s) should be strictly lower than lame duck duration (30s)"),
        Arguments.of(
            "port: 70000", "port 70000 is not a port: it must be 1 to 65535, or -1 for any"),
        Arguments.of("ping_max: -1", "ping_max must be above 0"),
        Arguments.of(
            "no_auth_user: x", "no_auth_user: \"x\" present, but users/nkeys are not defined"),
        Arguments.of(
            "no_auth_user: x, authorization { users: [{user: y}] }",
            "no_auth_user: \"x\" not present as user or nkey in authorization block or account"
                + " configuration"),
        Arguments.of("system_account: X", "error resolving system account: account missing"),
        Arguments.of(
            "system_account: A, accounts { A { jetstream: on } }",
            "Not allowed to enable JetStream on the system account"));
  }

  @Test
  void allMistakesAreNamedAtOnce() {
    assertThatThrownBy(() -> read("foo: 1\nport: x\nbar: 2"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.messages())
                    .containsExactly(
                        "config:1:0: unknown field \"foo\"",
                        "config:2:1: port: expected an integer, got a string",
                        "config:3:1: unknown field \"bar\""));
  }

  @Test
  void keyThatOnlyDefinesAVariableMayHaveAnyName() {
    ServerConfig config =
        read(
            """
            PORT: 5222
            accounts { PERM: {publish: a}, A { users: [{user: u, permissions: $PERM}] } }
            port: $PORT
            """);
    assertThat(config.port()).isEqualTo(5222);
    assertThat(config.accounts()).hasSize(1);
  }

  @Test
  void numberWhereADurationBelongsIsTakenAsSecondsWithAWarning() {
    ServerConfigBuilder builder = ServerConfig.builder();
    ConfigNotes notes = builder.readText("ping_interval: 5\nwrite_deadline: 3");
    assertThat(builder.build().pingIntervalNanos()).isEqualTo(5_000_000_000L);
    assertThat(notes.warnings())
        .containsExactly(
            "config:1:0: invalid use of field \"ping_interval\": ping_interval should be converted"
                + " to a duration",
            "config:2:1: invalid use of field \"write_deadline\": write_deadline should be"
                + " converted to a duration");
    assertThat(ServerConfig.builder().readText("").warnings())
        .containsExactly("config: config has no values or is empty");
  }

  @Test
  void blocksOfUnbuiltListenersAreParsedAndNoted() {
    ConfigNotes notes =
        ServerConfig.builder()
            .readText(
                """
                cluster { name: c, port: -1, routes: ["nats://a:1"] }
                gateway { name: g }
                leafnodes { listen: "127.0.0.1:-1", remotes: [ {url: "nats://x"} ] }
                websocket { port: -1, no_tls: true }
                mqtt { port: -1 }
                mappings { a: b }
                syslog: true
                """);
    assertThat(notes.ignored())
        .containsExactly(
            "cluster is not built yet: ignored (config:1:0)",
            "gateway is not built yet: ignored (config:2:1)",
            "leafnodes is not built yet: ignored (config:3:1)",
            "websocket is not built yet: ignored (config:4:1)",
            "mqtt is not built yet: ignored (config:5:1)",
            "syslog is not built yet: ignored (config:7:1)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls { cert_file: a, key_file: b }",
        "operator: /x.jwt",
        "resolver: MEMORY",
        "resolver_preload { A: x }",
        "trusted_keys: [OABC]",
        "authorization { auth_callout { issuer: A, auth_users: [a] } }",
        "authorization { users: [ { nkey: UABC } ] }",
        "authorization { users: [ { user: a, proxy_required: true } ] }",
        "accounts { A { nkey: AABC } }",
        "accounts { A { users: [ { nkey: UABC } ] } }",
        "jetstream { encryption_key: x }",
        "proxies { trusted: [ {key: x} ] }"
      })
  void protectionThatIsNotBuiltStopsTheStart(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching(
            "config:1:\\d+: .* is not built yet, and ignoring it would weaken security");
  }

  @Test
  void namesOfFilesAreKept(@TempDir Path dir) throws java.io.IOException {
    Path file = java.nio.file.Files.writeString(dir.resolve("a.conf"), "port: 1");
    ServerConfigBuilder builder = ServerConfig.builder();
    builder.readFile(file.toString());
    ServerConfig config = builder.build();
    assertThat(config.configFile()).isEqualTo(file.toString());
    assertThat(config.configDigest()).isEqualTo(ConfigFile.parse("port: 1", "x").digest());
    assertThat(List.of(config.port())).containsExactly(1);
  }
}
