// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is said to both servers to see whether they answer alike. */
final class WireScripts {

  /** What to say, as one or more clients. */
  interface Scene {
    void play(Stage stage);
  }

  /** Where clients come from. */
  interface Stage {
    /** A client that has connected and got its INFO. */
    WireClient client();
  }

  /** A scene with its name and the server it needs. */
  record Script(String name, String configuration, Scene scene) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false}\n";
  private static final String MODERN =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"headers\":true,"
          + "\"no_responders\":true}\n";
  private static final String HEADERS =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\n";

  private static final String OPEN = "";
  private static final String SMALL =
      "max_payload: 16\nmax_control_line: 64\nmax_subscriptions: 2\nmax_sub_tokens: 4\n";
  private static final String TOKEN = "authorization { token: s3cr3t, timeout: 1 }\n";
  private static final String SINGLE = "authorization { user: derek, password: porkchop }\n";
  private static final String HASHED =
      "authorization { users: [ {user: ann, password:"
          + " \"$2a$04$rGOb3ncvtRkb7dDFAjmBc.p.8WPuMlYHDHmA5QJqWYyfuUvsbx9Re\"} ] }\n";
  private static final String USERS =
      """
      authorization {
        default_permissions { publish: "open.>", subscribe: ["open.>", "_INBOX.>"] }
        users: [
          {user: all, password: all, permissions: {publish: ">", subscribe: ">"}}
          {user: some, password: some, permissions: {
             publish: {allow: ["a.>", "b.*"], deny: ["a.secret", "b.no"]}
             subscribe: {allow: ["a.>", "q workers", "w v1.*"], deny: ["a.secret.>", "d.>"]}}}
          {user: deny, password: deny, permissions: {
             subscribe: {deny: ["x.no", "y.> grp"]}}}
          {user: reply, password: reply, permissions: {
             subscribe: "svc.>", allow_responses: true}}
          {user: twice, password: twice, permissions: {
             subscribe: "svc.>", allow_responses: {max: 2, expires: "1m"}}}
          {user: default, password: default}
        ]
      }
      """;
  private static final String ACCOUNTS =
      """
      accounts {
        A { users: [ {user: a, password: a} ] }
        B { users: [ {user: b, password: b}, {user: b2, password: b2} ] }
        SYS { users: [ {user: sys, password: sys} ] }
      }
      system_account: SYS
      no_auth_user: b
      """;
  private static final String ONLY_SYSTEM =
      "accounts { $SYS { users: [ {user: sys, password: sys} ] } }\n";
  private static final String ONE_CLIENT = "max_connections: 1\n";

  private final List<Script> all = new ArrayList<>();

  static List<Script> all() {
    WireScripts scripts = new WireScripts();
    scripts.greeting();
    scripts.core();
    scripts.headers();
    scripts.queues();
    scripts.unsubscribe();
    scripts.broken();
    scripts.limits();
    scripts.logins();
    scripts.permissions();
    scripts.accounts();
    return scripts.all;
  }

  /** The scripts by the configuration they need. */
  static Map<String, List<Script>> byConfiguration() {
    Map<String, List<Script>> sorted = new LinkedHashMap<>();
    all().forEach(s -> sorted.computeIfAbsent(s.configuration(), c -> new ArrayList<>()).add(s));
    return sorted;
  }

  private void add(String configuration, String name, Scene scene) {
    all.add(new Script(name, configuration, scene));
  }

  /** One client that says something and is quiet when PONG has come. */
  private void says(String configuration, String name, String words) {
    int pings = (int) words.lines().filter(line -> line.matches("(?i)ping.*")).count();
    add(configuration, name, stage -> stage.client().send(words).sync(pings));
  }

  /** One client that asks something and awaits the answer. */
  private void asks(String configuration, String name, String words) {
    add(configuration, name, stage -> stage.client().send(words).await("MSG ").sync());
  }

  /** One client that says something and is thrown out. */
  private void breaks(String configuration, String name, String words) {
    add(configuration, name, stage -> stage.client().send(words).awaitEnd());
  }

  private void greeting() {
    add(OPEN, "greeting", stage -> stage.client());
    says(OPEN, "second INFO after the first PING only", MODERN + "PING\nPING\n");
    says(OPEN, "no second INFO for protocol 0", QUIET + "PING\n");
    says(OPEN, "PING before CONNECT, then CONNECT", "PING\n" + MODERN + "PING\n");
    asks(OPEN, "user info request", MODERN + "SUB in.box 1\nPUB $SYS.REQ.USER.INFO in.box 0\n\n");
    says(OPEN, "user info request without reply", MODERN + "PUB $SYS.REQ.USER.INFO 0\n\n");
    says(
        OPEN,
        "operations may be in lower case",
        "connect {\"verbose\":true}\nsub a 1\npub a 1\nx\nping\n");
    says(OPEN, "what stands behind PING is ignored", QUIET + "PING and more\nPONG or so\n");
    says(OPEN, "INFO and OK of a client are ignored", QUIET + "INFO {}\n+OK\n+OKAY\n");
    breaks(OPEN, "ERR of a client ends it", QUIET + "-ERR 'no'\n");
    says(OPEN, "null in CONNECT", "CONNECT {\"verbose\":null,\"user\":null}\nSUB a 1\n");
    says(
        OPEN,
        "unknown fields in CONNECT",
        "CONNECT {\"verbose\":false,\"x\":{\"y\":[1]}}\nSUB a 1\n");
  }

  private void core() {
    says(OPEN, "without CONNECT a client is verbose", "SUB a 1\nPUB a 2\nhi\nUNSUB 1\n");
    says(OPEN, "publish to own subscription", QUIET + "SUB a 1\nPUB a 5\nhello\n");
    says(OPEN, "reply subject", QUIET + "SUB a 1\nPUB a r.e.p 0\n\n");
    says(OPEN, "blanks and tabs", QUIET + "SUB \t a\t \t1  \nPUB   a \t 2 \nhi\n");
    add(
        OPEN,
        "line feeds without carriage return",
        s -> s.client().sendRaw("CONNECT {}\nSUB a 1\nPUB a 2\nhi\r\nPING\n").await("PONG\n"));
    says(
        OPEN,
        "wildcards",
        QUIET + "SUB a.* 1\nSUB a.> 2\nSUB *.b 3\nSUB > 4\nSUB * 5\nPUB a.b 1\nx\n");
    says(
        OPEN,
        "wildcards do not match fewer tokens",
        QUIET + "SUB a.> 1\nSUB a.*.c 2\nPUB a 1\nx\nPUB a.b 1\ny\n");
    says(
        OPEN,
        "wildcards inside tokens are letters",
        QUIET + "SUB a*.b> 1\nPUB a*.b> 1\nx\nPUB ax.bx 1\ny\n");
    says(OPEN, "publish to wildcards is literal", QUIET + "SUB a.b 1\nSUB a.* 2\nPUB a.* 1\nx\n");
    says(
        OPEN,
        "publish to empty tokens reaches nobody",
        QUIET + "SUB > 1\nPUB a..b 1\nx\nPUB .a 1\ny\nPUB a. 1\nz\n");
    says(
        OPEN,
        "pedantic complains of a wildcard",
        "CONNECT {\"verbose\":false}\nSUB > 1\nPUB a.* 1\nx\nPUB a..b 1\ny\nPUB a.> 1\nz\n");
    says(
        OPEN,
        "verbose and pedantic",
        "CONNECT {\"verbose\":true,\"pedantic\":true}\nPUB a.* 1\nx\n");
    says(OPEN, "no echo", "CONNECT {\"verbose\":false,\"echo\":false}\nSUB a 1\nPUB a 1\nx\n");
    says(
        OPEN,
        "duplicate sid keeps the first",
        "CONNECT {}\nSUB a 1\nSUB b 1\nPUB b 1\nx\nPUB a 1\ny\n");
    says(
        OPEN,
        "sids are words",
        QUIET
            + "SUB a one\nSUB a 001\nSUB a 1\nPUB a 1\nx\nUNSUB one\nPUB a 1\ny\n"
                .replace("SUB a 001\nSUB a 1\n", ""));
    says(
        OPEN,
        "invalid subjects",
        "CONNECT {\"verbose\":true}\nSUB a..b 1\nSUB .a 2\nSUB a. 3\nSUB >.a 4\nSUB a.>.b 5\nSUB foo.* 6\n");
    add(
        OPEN,
        "two clients",
        stage -> {
          WireClient a = stage.client().send(QUIET + "SUB news.* 9\n").sync();
          stage.client().send(QUIET + "PUB news.eu re.ply 4\nbrrr\n").sync();
          a.sync();
        });
    add(
        OPEN,
        "byte by byte",
        stage ->
            stage
                .client()
                .drip(
                    HEADERS
                        + "SUB a 1\nPUB a 5\nhello\nHPUB a r 12 17\nNATS/1.0\n\nworld\nUNSUB 1\nPING\n")
                .await("PONG\n"));
    add(
        OPEN,
        "a message of 64 KiB",
        stage ->
            stage
                .client()
                .send(QUIET + "SUB big 1\nPUB big 65536\n" + "0123456789abcdef".repeat(4096) + "\n")
                .sync());
    add(
        OPEN,
        "repeated CONNECT drops subscriptions",
        stage ->
            stage
                .client()
                .send(
                    "CONNECT {\"verbose\":true}\nSUB a 1\nCONNECT {}\nPUB a 1\nx\nSUB a 1\nPUB a 1\ny\n")
                .sync());
    says(
        OPEN,
        "repeated CONNECT changes what it names",
        QUIET
            + "CONNECT {\"verbose\":true}\nSUB a 1\nCONNECT {\"echo\":false}\nSUB a 1\nPUB a 1\nx\n");
  }

  private void headers() {
    says(
        OPEN,
        "headers",
        HEADERS
            + "SUB a 1\nHPUB a 22 27\nNATS/1.0\nA: b\nC: d\n\nworld\n".replace("22 27", "24 29"));
    says(
        OPEN,
        "headers with reply and no payload",
        HEADERS + "SUB a 1\nHPUB a re 18 18\nNATS/1.0\nA: b\n\n\n");
    says(OPEN, "headers of no bytes", HEADERS + "SUB a 1\nHPUB a 0 5\nhello\n");
    breaks(OPEN, "headers without leave", QUIET + "HPUB a 12 17\nNATS/1.0\n\nhello\n");
    breaks(OPEN, "more headers than message", HEADERS + "HPUB a 20 17\nNATS/1.0\n\nhello\n");
    add(
        OPEN,
        "headers are stripped for who does not know them",
        stage -> {
          WireClient plain = stage.client().send(QUIET + "SUB a 1\n").sync();
          stage.client().send(HEADERS + "HPUB a re 18 23\nNATS/1.0\nA: b\n\nhello\n").sync();
          plain.sync();
        });
    says(OPEN, "no responders", MODERN + "SUB in.* 7\nPUB no.body in.1 3\nabc\n");
    says(OPEN, "no responders without reply", MODERN + "SUB in.* 7\nPUB no.body 3\nabc\n");
    says(OPEN, "no responders without inbox", MODERN + "PUB no.body in.1 3\nabc\n");
    says(
        OPEN,
        "no responders with an inbox in a queue",
        MODERN + "SUB in.* q 7\nPUB no.body in.1 3\nabc\n");
    says(
        OPEN,
        "no responders when only oneself hears and wants no echo",
        MODERN.replace("}", ",\"echo\":false}") + "SUB in.* 7\nSUB svc 8\nPUB svc in.1 3\nabc\n");
    says(OPEN, "no responders not asked for", HEADERS + "SUB in.* 7\nPUB no.body in.1 3\nabc\n");
    breaks(OPEN, "no responders needs headers", "CONNECT {\"no_responders\":true}\n");
  }

  private void queues() {
    says(OPEN, "a queue gets one", QUIET + "SUB a q 1\nPUB a 1\nx\n");
    says(OPEN, "a queue and a plain subscription", QUIET + "SUB a q 1\nSUB a 2\nPUB a 1\nx\n");
    says(OPEN, "two queues", QUIET + "SUB a q1 1\nSUB a.> q2 2\nPUB a 1\nx\nPUB a.b 1\ny\n");
    add(
        OPEN,
        "a queue over several subjects gets one",
        stage -> {
          WireClient client = stage.client().send(QUIET + "SUB a.b q 1\n").sync();
          // the same sid text on another connection, so that either member's answer reads alike
          stage.client().send(QUIET + "SUB a.c q 1\nPUB a.b 1\nx\n").sync();
          client.sync();
        });
    says(OPEN, "the system's queue is refused", QUIET + "SUB a _sys_ 1\n");
    add(
        OPEN,
        "no echo passes to another member",
        stage -> {
          WireClient other = stage.client().send(QUIET + "SUB a q 1\n").sync();
          stage
              .client()
              .send(
                  "CONNECT {\"verbose\":false,\"echo\":false}\nSUB a q 1\nPUB a 1\nx\nPUB a 1\ny\n")
              .sync();
          other.sync();
        });
  }

  private void unsubscribe() {
    says(OPEN, "unsubscribe", QUIET + "SUB a 1\nPUB a 1\nx\nUNSUB 1\nPUB a 1\ny\n");
    says(
        OPEN,
        "unsubscribe after some",
        QUIET + "SUB a 1\nUNSUB 1 2\nPUB a 1\nx\nPUB a 1\ny\nPUB a 1\nz\n");
    says(
        OPEN,
        "unsubscribe counts from SUB",
        QUIET + "SUB a 1\nPUB a 1\nx\nPUB a 1\ny\nUNSUB 1 3\nPUB a 1\nz\nPUB a 1\n!\n");
    says(
        OPEN,
        "unsubscribe after less than came",
        QUIET + "SUB a 1\nPUB a 1\nx\nPUB a 1\ny\nUNSUB 1 2\nPUB a 1\nz\n");
    says(OPEN, "unsubscribe a stranger", "CONNECT {}\nUNSUB 9\nUNSUB 9 4\n");
    says(
        OPEN,
        "a spent sid is free",
        QUIET + "SUB a 1\nUNSUB 1 1\nPUB a 1\nx\nSUB a 1\nPUB a 1\ny\n");
    says(
        OPEN,
        "unsubscribe of a queue member",
        QUIET + "SUB a q 1\nUNSUB 1 1\nPUB a 1\nx\nPUB a 1\ny\n");
    says(OPEN, "a maximum that is no number", QUIET + "SUB a 1\nUNSUB 1 x\nPUB a 1\nz\n");
    says(
        OPEN,
        "no responders after the last message",
        MODERN + "SUB in 7\nSUB svc 1\nUNSUB 1 1\nPUB svc in 1\nx\nPUB svc in 1\ny\n");
  }

  private void broken() {
    breaks(OPEN, "unknown verb", QUIET + "FOO\n");
    breaks(OPEN, "unknown verb after good ones", QUIET + "SUB a 1\nPUB a 1\nx\nBAR a\n");
    breaks(OPEN, "a verb without blank", QUIET + "SUBa 1\n");
    breaks(OPEN, "PUB without anything", QUIET + "PUB\n");
    breaks(OPEN, "PUB with one argument", QUIET + "PUB a\n");
    breaks(OPEN, "PUB with four arguments", QUIET + "PUB a b c 1\nx\n");
    breaks(OPEN, "PUB with a negative size", QUIET + "PUB a -1\nx\n");
    breaks(OPEN, "PUB with a huge size", QUIET + "PUB a 99999999999999999999\nx\n");
    breaks(OPEN, "SUB with one argument", QUIET + "SUB a\n");
    breaks(OPEN, "SUB with four arguments", QUIET + "SUB a b c d\n");
    breaks(OPEN, "UNSUB with three arguments", QUIET + "UNSUB a b c\n");
    breaks(OPEN, "a payload that is too long", QUIET + "PUB a 1\nxyz\n");
    breaks(OPEN, "a payload that is too short", QUIET + "PUB a 5\nxyz\nPING\n");
    breaks(OPEN, "a server's verb", QUIET + "RS+ a\n");
    breaks(OPEN, "broken JSON", "CONNECT {\"verbose\":\n");
    breaks(OPEN, "CONNECT without JSON", "CONNECT \n");
    breaks(OPEN, "wrong types in CONNECT", "CONNECT {\"verbose\":\"yes\"}\n");
    breaks(OPEN, "a protocol of the future", "CONNECT {\"verbose\":false,\"protocol\":2}\n");
    breaks(OPEN, "a legacy account", "CONNECT {\"verbose\":false,\"account\":\"X\"}\n");
    says(
        OPEN,
        "reserved subjects",
        QUIET + "PUB $NRG.x 1\nx\nPUB _GR_.x 1\nx\nPUB $GR.x 1\nx\nPUB $NRG. 1\nx\n");
    says(
        OPEN,
        "reserved replies",
        QUIET
            + "PUB a _R_.x 1\nx\nPUB a $JS.ACK.x 1\nx\nPUB a $JS.ACK. 1\nx\nPUB a _GR_.x 1\nx\nPUB a $JS.API.x 1\nx\n");
  }

  private void limits() {
    breaks(SMALL, "max payload", QUIET + "PUB a 17\n");
    says(SMALL, "max payload is still allowed", QUIET + "PUB a 16\n0123456789abcdef\n");
    breaks(SMALL, "max payload counts headers", HEADERS + "HPUB a 12 17\n");
    breaks(SMALL, "control line too long", "PUB " + "a".repeat(80) + " 1\nx\n");
    add(
        SMALL,
        "control line too long and not ended",
        s -> s.client().sendRaw("SUB " + "a".repeat(200)).awaitEnd());
    breaks(SMALL, "CONNECT too long", "CONNECT {\"name\":\"" + "x".repeat(60) + "\"}\n");
    says(
        SMALL,
        "too many subscriptions",
        "CONNECT {}\nSUB a 1\nSUB b 2\nSUB c 3\nUNSUB 1\nSUB c 3\n");
    says(
        SMALL,
        "too many tokens",
        "CONNECT {}\nSUB a.b.c.d 1\nSUB a.b.c.d.e 2\nSUB a.b.c.d.e q 3\n");
    says(SMALL, "long words behind PING", "PING" + "x".repeat(500) + "\n");
    add(
        ONE_CLIENT,
        "too many connections",
        stage -> {
          WireClient first = stage.client().sync();
          stage.client().awaitEnd();
          first.sync();
        });
  }

  private void logins() {
    says(TOKEN, "token", "CONNECT {\"verbose\":true,\"auth_token\":\"s3cr3t\"}\n");
    add(
        TOKEN,
        "token byte by byte",
        stage -> stage.client().drip("CONNECT {\"auth_token\":\"s3cr3t\"}\n").sync());
    add(
        TOKEN,
        "nonsense that begins like CONNECT",
        stage -> stage.client().sendRaw("CONS").awaitEnd());
    breaks(TOKEN, "wrong token", "CONNECT {\"auth_token\":\"guess\"}\n");
    breaks(TOKEN, "no token", "CONNECT {}\n");
    breaks(TOKEN, "something before CONNECT", "PING\n");
    breaks(TOKEN, "nonsense before CONNECT", "FOO\n");
    breaks(TOKEN, "authentication timeout", "");
    breaks(TOKEN, "broken JSON where a token is needed", "CONNECT {\n");
    says(SINGLE, "user and password", "CONNECT {\"user\":\"derek\",\"pass\":\"porkchop\"}\n");
    breaks(SINGLE, "wrong password", "CONNECT {\"user\":\"derek\",\"pass\":\"pork\"}\n");
    breaks(SINGLE, "wrong user", "CONNECT {\"user\":\"dereck\",\"pass\":\"porkchop\"}\n");
    says(
        HASHED,
        "bcrypt password and what follows",
        "CONNECT {\"user\":\"ann\",\"pass\":\"secret\"}\nSUB a 1\nPUB a 1\nx\n");
    breaks(
        HASHED,
        "wrong bcrypt password",
        "CONNECT {\"user\":\"ann\",\"pass\":\"public\"}\nSUB a 1\n");
    breaks(HASHED, "empty password", "CONNECT {\"user\":\"ann\"}\n");
    breaks(HASHED, "unknown user", "CONNECT {\"user\":\"bob\",\"pass\":\"secret\"}\n");
    says(
        USERS,
        "repeated CONNECT as another user",
        as("all")
            + "SUB a.secret 1\n"
            + as("some")
            + "SUB a.secret.x 1\nSUB a.b 2\nPUB a.b 1\nx\n");
  }

  private static String as(String user) {
    return "CONNECT {\"verbose\":false,\"pedantic\":false,\"user\":\""
        + user
        + "\",\"pass\":\""
        + user
        + "\"}\n";
  }

  private void permissions() {
    says(
        USERS,
        "publish allowed and denied",
        as("some")
            + "SUB a.> 1\nPUB a.x 1\nx\nPUB a.secret 1\nx\nPUB b.x 1\nx\nPUB b.no 1\nx\nPUB c 1\nx\nPUB b.x.y 1\nx\n");
    says(
        USERS,
        "publish denied while verbose",
        as("some").replace("\"verbose\":false", "\"verbose\":true") + "PUB c 1\nx\nPUB a.b 1\nx\n");
    says(
        USERS,
        "subscribe allowed and denied",
        as("some")
            + "SUB a.b 1\nSUB b 2\nSUB a.secret.x 3\nSUB a.> 4\nSUB > 5\nSUB a.* 6\nSUB * 7\n");
    says(
        USERS,
        "subscribe refused while verbose",
        as("some").replace("\"verbose\":false", "\"verbose\":true") + "SUB zzz 1\nSUB a.b 2\n");
    says(
        USERS,
        "queue permissions",
        as("some")
            + "SUB q 1\nSUB q workers 2\nSUB q others 3\nSUB w v1.a 4\nSUB w v2.a 5\nSUB w v1.a.b 6\nSUB a.b any 7\n");
    says(
        USERS,
        "quotes in subjects are escaped",
        as("some") + "SUB no\"quote\\ 1\nPUB no\"quote\\\u0001 1\nx\n");
    says(
        USERS,
        "wildcards in a refused publish",
        as("some") + "PUB a.* 1\nx\nPUB a.> 1\nx\nPUB b.* 1\nx\nPUB a..b 1\nx\n");
    add(
        USERS,
        "denied messages are held back from wildcards",
        stage -> {
          WireClient deny =
              stage.client().send(as("deny") + "SUB x.* 1\nSUB > 2\nSUB x.no 3\n").sync();
          stage.client().send(as("all") + "PUB x.yes 1\ny\nPUB x.no 1\nn\n").sync();
          deny.sync();
        });
    add(
        USERS,
        "denied queue groups",
        stage -> {
          WireClient deny =
              stage
                  .client()
                  .send(as("deny") + "SUB y.a grp 1\nSUB y.a other 2\nSUB y.* grp 3\nSUB y.a 4\n")
                  .sync();
          stage.client().send(as("all") + "PUB y.a 1\ny\n").sync();
          deny.sync();
        });
    add(
        USERS,
        "a reply is allowed once",
        stage -> {
          WireClient service = stage.client().send(as("reply") + "SUB svc.> 1\n").sync();
          stage.client().send(as("all") + "SUB re.> 1\nPUB svc.a re.1 1\nq\n").sync();
          service.await("MSG").send("PUB re.2 1\nn\nPUB re.1 1\ny\nPUB re.1 1\nn\n").sync();
        });
    add(
        USERS,
        "a reply is allowed twice",
        stage -> {
          WireClient service = stage.client().send(as("twice") + "SUB svc.> 1\n").sync();
          stage.client().send(as("all") + "PUB svc.a re.1 1\nq\n").sync();
          service.await("MSG").send("PUB re.1 1\ny\nPUB re.1 1\ny\nPUB re.1 1\nn\n").sync();
        });
    says(
        USERS,
        "default permissions",
        as("default") + "SUB open.x 1\nSUB other 2\nPUB open.x 1\nx\nPUB other 1\nx\n");
    asks(USERS, "user info with permissions", as("some") + "PUB $SYS.REQ.USER.INFO a.re 0\n\n");
    asks(
        USERS,
        "user info of who may do all",
        as("all") + "SUB re 1\nPUB $SYS.REQ.USER.INFO re 0\n\n");
    asks(
        USERS,
        "user info with leave to reply",
        as("reply") + "SUB svc.re 1\nPUB $SYS.REQ.USER.INFO svc.re 0\n\n");
  }

  private void accounts() {
    add(
        ACCOUNTS,
        "accounts do not hear each other",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB > 1\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB > 1\n").sync();
          stage.client().send(as("b2") + "PUB x 1\nx\n").sync();
          a.sync();
          b.sync();
        });
    says(ACCOUNTS, "second INFO names the account", as("a").replace("}", ",\"protocol\":1}"));
    says(ACCOUNTS, "second INFO of the system account", as("sys").replace("}", ",\"protocol\":1}"));
    says(ACCOUNTS, "no credentials", "CONNECT {\"protocol\":1}\n");
    says(ACCOUNTS, "no CONNECT", "SUB a 1\nPUB a 1\nx\n");
    breaks(ACCOUNTS, "wrong credentials", "CONNECT {\"user\":\"a\",\"pass\":\"b\"}\n");
    says(ACCOUNTS, "reserved subjects in the system account", as("sys") + "PUB $NRG.x 1\nx\n");
    says(
        ONLY_SYSTEM,
        "users of the system account leave the server open",
        MODERN + "SUB a 1\nPUB a 1\nx\n");
    says(ONLY_SYSTEM, "the system user", as("sys").replace("}", ",\"protocol\":1}"));
    says(ONLY_SYSTEM, "nothing before the first operation", "PING\n");
  }
}
