// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static dev.slipstream.server.config.ReadConfig.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.AccountLimits;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@NullUnmarked
class AccountsConfigTest {

  private static Permissions permissions(String text) {
    Permissions read =
        read("authorization { users: [ { user: u, permissions: " + text + " } ] }")
            .authorization()
            .users()
            .get(0)
            .permissions();
    return java.util.Objects.requireNonNull(read);
  }

  @Test
  void singleUserAndTokenAreRead() {
    AuthorizationConfig single =
        read("authorization { user: derek, password: s3cret, timeout: 0.5 }").authorization();
    assertThat(single.user()).isEqualTo("derek");
    assertThat(single.password().matches("s3cret")).isTrue();
    assertThat(single.isRequired()).isTrue();
    assertThat(read("authorization { token: abc }").authorization().token().matches("abc"))
        .isTrue();
    assertThat(read("authorization { timeout: 0.5 }").authTimeoutNanos()).isEqualTo(500_000_000L);
    assertThat(read("authorization { timeout: 3 }").authTimeoutNanos()).isEqualTo(3_000_000_000L);
    assertThat(read("authorization { timeout: \"1m\" }").authTimeoutNanos())
        .isEqualTo(60_000_000_000L);
  }

  @Test
  void usersAreReadWithDefaultPermissions() {
    AuthorizationConfig authorization =
        read("""
        authorization {
          default_permissions { publish: "a.>", subscribe: { deny: "b" } }
          users = [
            { user: one, password: p1 }
            { username: two, pass: p2, permissions: { pub: c } }
            { user: three, allowed_connection_types: ["standard", WEBSOCKET] }
          ]
        }
        """)
            .authorization();
    assertThat(authorization.users())
        .extracting(UserConfig::name)
        .containsExactly("one", "two", "three");
    UserConfig one = authorization.users().get(0);
    assertThat(one.password().matches("p1")).isTrue();
    assertThat(one.permissions().publish())
        .isEqualTo(new SubjectPermissions(List.of("a.>"), List.of()));
    assertThat(one.permissions().subscribe()).isEqualTo(new SubjectPermissions(null, List.of("b")));
    assertThat(authorization.users().get(1).permissions().publish().allow()).containsExactly("c");
    UserConfig three = authorization.users().get(2);
    assertThat(three.password().matches("")).isTrue();
    assertThat(three.connectionTypes()).isEqualTo(Set.of("STANDARD", "WEBSOCKET"));
    assertThat(three.allowsConnectionType(UserConfig.STANDARD)).isTrue();
    assertThat(three.allowsConnectionType(UserConfig.IN_PROCESS)).isFalse();
    assertThat(one.allowsConnectionType(UserConfig.IN_PROCESS)).isTrue();
  }

  @Test
  void permissionsAreReadInAllForms() {
    assertThat(permissions("{ publish: a }").publish().allow()).containsExactly("a");
    assertThat(permissions("{ publish: a }").subscribe()).isEqualTo(SubjectPermissions.ALL);
    assertThat(permissions("{ import: [a, b.*] }").publish().allow()).containsExactly("a", "b.*");
    assertThat(permissions("{ sub: { allow: [a, 'b q.*'], deny: c } }").subscribe())
        .isEqualTo(new SubjectPermissions(List.of("a", "b q.*"), List.of("c")));
    assertThat(permissions("{ publish: { allow: [] } }").publish().allow()).isEmpty();
    assertThat(permissions("{ publish: {} }").publish()).isEqualTo(SubjectPermissions.ALL);
  }

  @Test
  void leaveToReplyTurnsOffTheBlanketPermission() {
    Permissions plain = permissions("{ allow_responses: true }");
    assertThat(plain.responses()).isEqualTo(new ResponsePermission(1, 120_000_000_000L));
    assertThat(plain.publish().allow()).isEmpty();
    Permissions set =
        permissions("{ allow_responses: { max: 5, expires: \"1m\" }, publish: { deny: x } }");
    assertThat(set.responses()).isEqualTo(new ResponsePermission(5, 60_000_000_000L));
    assertThat(set.publish()).isEqualTo(new SubjectPermissions(List.of(), List.of("x")));
    assertThat(permissions("{ allow_responses: { max: -1, ttl: \"-1s\" } }").responses())
        .isEqualTo(new ResponsePermission(-1, -1_000_000_000L));
    assertThat(permissions("{ allow_responses: false }").responses()).isNull();
    assertThat(permissions("{ allow_responses: true, publish: a }").publish().allow())
        .containsExactly("a");
  }

  @Test
  void accountsAreReadWithAllTheyHold() {
    ServerConfig config =
        read(
            """
            system_account: SYS
            no_auth_user: a1
            accounts {
              SYS { users: [ {user: admin, password: x} ] }
              A {
                default_permissions: { publish: "x.>" }
                users: [ {user: a1, password: "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"} ]
                jetstream { max_mem: 1k, max_file: 2k, max_streams: 3, max_consumers: 4,
                  max_ack_pending: 5, mem_max_stream_bytes: 6, disk_max_stream_bytes: 7,
                  max_bytes_required: true }
                limits { max_conn: 8, max_subs: 9, max_payload: 10 }
                exports: [
                  { stream: "s.>" }
                  { service: "q", accounts: [B], response_type: chunked, threshold: "1s",
                    latency: { sampling: "50%", subject: "lat" } }
                ]
              }
              B {
                jetstream: enabled
                imports: [
                  { stream: { account: A, subject: "s.>" }, prefix: "from" }
                  { service: { account: A, subject: q }, to: mine, share: true }
                ]
              }
            }
            """);
    assertThat(config.systemAccount()).isEqualTo("SYS");
    assertThat(config.noAuthUser()).isEqualTo("a1");
    assertThat(config.accounts()).extracting(AccountConfig::name).containsExactly("SYS", "A", "B");
    AccountConfig a = config.account("A");
    assertThat(a.users().get(0).permissions().publish().allow()).containsExactly("x.>");
    assertThat(a.users().get(0).password().matches("abc")).isTrue();
    assertThat(a.jetStream())
        .isEqualTo(new AccountJetStream(true, new AccountLimits(1000, 2000, 3, 4, 5, 6, 7, true)));
    assertThat(a.limits()).isEqualTo(new ConnectionLimits(8, 9, 10));
    assertThat(a.exports())
        .containsExactly(
            new ExportConfig(
                ExportConfig.Kind.STREAM,
                "s.>",
                List.of(),
                ExportConfig.ResponseType.SINGLETON,
                0,
                null,
                0),
            new ExportConfig(
                ExportConfig.Kind.SERVICE,
                "q",
                List.of("B"),
                ExportConfig.ResponseType.CHUNKED,
                1_000_000_000L,
                new ExportConfig.Latency(50, "lat"),
                0));
    AccountConfig b = config.account("B");
    assertThat(b.jetStream()).isEqualTo(AccountJetStream.UNLIMITED);
    assertThat(b.imports())
        .containsExactly(
            new ImportConfig(ExportConfig.Kind.STREAM, "A", "s.>", null, "from", false),
            new ImportConfig(ExportConfig.Kind.SERVICE, "A", "q", "mine", null, true));
    assertThat(config.authorizationRequired()).isTrue();
    assertThat(config.hasPlainTextPasswords()).isTrue();
    assertThat(config.account("C")).isNull();
  }

  @Test
  void mappingsAreReadWithTheirWeights() {
    ServerConfig config =
        read(
            """
            mappings { here: there }
            accounts { A { mappings {
              "a.*": "b.$1"
              c: { destination: d, weight: "40%" }
              e: [ {dest: f, weight: 10%}, {dest: g, weight: 20}, {dest: h, weight: 90, cluster: x} ]
              i: [ {dest: i, weight: 50%} ]
            } } }
            """);
    assertThat(config.mappings())
        .containsExactly(
            new MappingConfig("here", List.of(new MappingConfig.Destination("there", 100)), false));
    assertThat(config.account("A").mappings())
        .containsExactly(
            new MappingConfig("a.*", List.of(new MappingConfig.Destination("b.$1", 100)), false),
            new MappingConfig("c", List.of(new MappingConfig.Destination("d", 40)), false),
            new MappingConfig(
                "e",
                List.of(
                    new MappingConfig.Destination("f", 10), new MappingConfig.Destination("g", 20)),
                false),
            new MappingConfig("i", List.of(new MappingConfig.Destination("i", 50)), true));
  }

  @Test
  void accountsMayBeNamesOnly() {
    assertThat(read("accounts: [A, B]").accounts())
        .containsExactly(AccountConfig.named("A"), AccountConfig.named("B"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsNamedWithItsPlace(String text, String message) {
    ReadConfig.refuses(text, message);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "authorization { token: a, user: b, pass: c }",
            "config:1:0: Cannot have a user/pass and token"),
        Arguments.of(
            "authorization { user: a, users: [ {user: b} ] }",
            "config:1:0: Can not have a single user/pass and a users array"),
        Arguments.of(
            "authorization { token: a, users: [ {user: b} ] }",
            "config:1:0: Can not have a token and a users array"),
        Arguments.of(
            "authorization { token: a }, accounts { A { users: [ {user: b} ] } }",
            "config:1:0: Can not have a token and a users array"),
        Arguments.of(
            "authorization { pass: a }",
            "authorization has a password but no user, so that it would protect nothing"),
        Arguments.of(
            "authorization { users: [ {user: a}, {user: a} ] }",
            "config:1:16: Duplicate user \"a\" detected"),
        Arguments.of(
            "accounts { A { users: [ {user: a} ] }, B { users: [ {user: a} ] } }",
            "config:1:43: Duplicate user \"a\" detected"),
        Arguments.of(
            "authorization { users: [ { password: a } ] }",
            "config:1:25: User entry requires a user"),
        Arguments.of(
            "authorization { users: 5 }",
            "config:1:16: Expected users field to be an array, got an integer"),
        Arguments.of(
            "authorization { users: [ 5 ] }",
            "config:1:25: Expected user entry to be a map/struct, got an integer"),
        Arguments.of(
            "authorization { users: [ {user: a, permissions: {publish: \"a..b\"}} ] }",
            "config:1:49: subject \"a..b\" is not a valid subject"),
        Arguments.of(
            "authorization { users: [ {user: a, permissions: {subscribe: \"a b..c\"}} ] }",
            "config:1:49: queue \"b..c\" is not a valid queue"),
        Arguments.of(
            "authorization { users: [ {user: a, permissions: {publish: \"a q\"}} ] }",
            "config:1:49: subject \"a q\" is not a valid subject"),
        Arguments.of(
            "authorization { users: [ {user: a, permissions: {foo: a}} ] }",
            "config:1:49: Unknown field \"foo\" parsing permissions"),
        Arguments.of(
            "authorization { users: [ {user: a, permissions: {publish: {x: a}}} ] }",
            "config:1:59: Unknown field name \"x\" parsing subject permissions, only 'allow' or"
                + " 'deny' are permitted"),
        Arguments.of(
            "authorization { users: [ {user: a, connection_types: [x]} ] }",
            "config:1:35: invalid connection types [\"X\"]"),
        Arguments.of("accounts { \"$G\" {} }", "config:1:12: \"$G\" is a Reserved Account"),
        Arguments.of("accounts: [A, A]", "config:1:14: Duplicate Account Entry: A"),
        Arguments.of("accounts { A: 5 }", "config:1:11: Expected map entries for accounts"),
        Arguments.of("accounts { A { foo: 5 } }", "config:1:15: unknown field \"foo\""),
        Arguments.of(
            "accounts { A { jetstream { max_mem: abc } } }",
            "config:1:27: Expected a parseable size for \"max_mem\", got abc"),
        Arguments.of(
            "accounts { A { limits { x: 1 } } }",
            "config:1:24: Unknown field \"x\" parsing account limits"),
        Arguments.of(
            "accounts { A { imports: [ {stream: {account: B, subject: a}} ] } }",
            "config:1:0: \"B\" account not defined for stream import"),
        Arguments.of(
            "accounts { A { exports: [ {service: a, accounts: [B]} ] } }",
            "config:1:0: \"B\" account not defined for service export"),
        Arguments.of(
            "accounts { A { exports: [ {stream: a, service: b} ] } }",
            "config:1:38: Detected service \"b\" but already saw a stream"),
        Arguments.of(
            "accounts { A { exports: [ {stream: a, response: single} ] } }",
            "config:1:38: Detected response directive on non-service"),
        Arguments.of(
            "accounts { A { exports: [ {stream: \"a..b\"} ] } }",
            "config:1:26: Error adding stream export \"a..b\": invalid subject"),
        Arguments.of(
            "accounts { A { exports: [ {service: a, response: x} ] } }",
            "config:1:39: Unknown response type: \"x\""),
        Arguments.of(
            "accounts { A { exports: 5 } }",
            "config:1:15: Exports should be an array, got an integer"),
        Arguments.of(
            "accounts { A { exports: [ {service: a}, {service: b} ] }, B { imports: [ {service:"
                + " {account: A, subject: a}, to: c}, {service: {account: A, subject: b}, to: c} ] } }",
            "config:1:117: Duplicate service import subject \"c\", previously used in import for"
                + " account \"A\", subject \"a\""),
        Arguments.of(
            "mappings { a: [ {dest: b} ] }",
            "config:1:16: Missing weight for mapping destination \"b\""),
        Arguments.of(
            "accounts { A { mappings { a: [ {dest: \"\", weight: 5} ] } } }",
            "config:1:26: Error adding mapping for \"a\" : invalid mapping destination: invalid"
                + " transform"),
        Arguments.of(
            "accounts { A { imports: [ {stream: {account: A}} ] } }",
            "config:1:27: Expect an account name and a subject"),
        Arguments.of(
            "accounts { A { imports: [ {stream: {account: A, subject: x}, to: a, prefix: b} ] } }",
            "config:1:26: Stream import can not have a 'prefix' and a 'to' property"));
  }
}
