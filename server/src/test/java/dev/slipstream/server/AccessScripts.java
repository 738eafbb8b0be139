// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static dev.slipstream.server.WireScripts.HEADERS;
import static dev.slipstream.server.WireScripts.MODERN;
import static dev.slipstream.server.WireScripts.QUIET;

/**
 * What is said to a server that lets not everybody do everything: limits, logins, permissions and
 * accounts.
 */
final class AccessScripts {
  private static final String SMALL =
      "max_payload: 16\nmax_control_line: 64\nmax_subscriptions: 2\nmax_sub_tokens: 4\n";
  private static final String TOKEN = "authorization { token: s3cr3t, timeout: 1 }\n";
  private static final String SINGLE = "authorization { user: derek, password: porkchop }\n";
  private static final String HASHED =
      "authorization { users: [ {user: ann, password:"
          + " \"$2a$04$rGOb3ncvtRkb7dDFAjmBc.3FAU/UIMKjnH.7P8VispNAoAZ3e8jP2\"} ] }\n";
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

  private final WireScripts scripts;

  AccessScripts(WireScripts scripts) {
    this.scripts = scripts;
  }

  void addAll() {
    limits();
    logins();
    permissions();
    accounts();
  }

  private void limits() {
    scripts.breaks(SMALL, "max payload", QUIET + "PUB a 17\n");
    scripts.says(SMALL, "max payload is still allowed", QUIET + "PUB a 16\n0123456789abcdef\n");
    scripts.breaks(SMALL, "max payload counts headers", HEADERS + "HPUB a 12 17\n");
    scripts.breaks(SMALL, "control line too long", "PUB " + "a".repeat(80) + " 1\nx\n");
    scripts.add(
        SMALL,
        "control line too long and not ended",
        s -> s.client().sendRaw("SUB " + "a".repeat(200)).awaitEnd());
    scripts.breaks(SMALL, "CONNECT too long", "CONNECT {\"name\":\"" + "x".repeat(60) + "\"}\n");
    scripts.says(
        SMALL,
        "too many subscriptions",
        "CONNECT {}\nSUB a 1\nSUB b 2\nSUB c 3\nUNSUB 1\nSUB c 3\n");
    scripts.says(
        SMALL,
        "too many tokens",
        "CONNECT {}\nSUB a.b.c.d 1\nSUB a.b.c.d.e 2\nSUB a.b.c.d.e q 3\n");
    scripts.says(SMALL, "long words behind PING", "PING" + "x".repeat(500) + "\n");
    scripts.add(
        ONE_CLIENT,
        "too many connections",
        stage -> {
          WireClient first = stage.client().sync();
          stage.client().awaitEnd();
          first.sync();
        });
  }

  private void logins() {
    scripts.says(TOKEN, "token", "CONNECT {\"verbose\":true,\"auth_token\":\"s3cr3t\"}\n");
    scripts.add(
        TOKEN,
        "token byte by byte",
        stage -> stage.client().drip("CONNECT {\"auth_token\":\"s3cr3t\"}\n").sync());
    scripts.add(
        TOKEN,
        "nonsense that begins like CONNECT",
        stage -> stage.client().sendRaw("CONS").awaitEnd());
    scripts.breaks(TOKEN, "wrong token", "CONNECT {\"auth_token\":\"guess\"}\n");
    scripts.breaks(TOKEN, "no token", "CONNECT {}\n");
    scripts.breaks(TOKEN, "something before CONNECT", "PING\n");
    scripts.breaks(TOKEN, "nonsense before CONNECT", "FOO\n");
    scripts.breaks(TOKEN, "authentication timeout", "");
    scripts.breaks(TOKEN, "broken JSON where a token is needed", "CONNECT {\n");
    scripts.says(
        SINGLE, "user and password", "CONNECT {\"user\":\"derek\",\"pass\":\"porkchop\"}\n");
    scripts.breaks(SINGLE, "wrong password", "CONNECT {\"user\":\"derek\",\"pass\":\"pork\"}\n");
    scripts.breaks(SINGLE, "wrong user", "CONNECT {\"user\":\"dereck\",\"pass\":\"porkchop\"}\n");
    scripts.says(
        HASHED,
        "bcrypt password and what follows",
        "CONNECT {\"user\":\"ann\",\"pass\":\"secret\"}\nSUB a 1\nPUB a 1\nx\n");
    scripts.breaks(
        HASHED,
        "wrong bcrypt password",
        "CONNECT {\"user\":\"ann\",\"pass\":\"public\"}\nSUB a 1\n");
    scripts.breaks(HASHED, "empty password", "CONNECT {\"user\":\"ann\"}\n");
    scripts.breaks(HASHED, "unknown user", "CONNECT {\"user\":\"bob\",\"pass\":\"secret\"}\n");
    scripts.says(
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
    scripts.says(
        USERS,
        "publish allowed and denied",
        as("some")
            + "SUB a.> 1\nPUB a.x 1\nx\nPUB a.secret 1\nx\nPUB b.x 1\nx\nPUB b.no 1\nx\nPUB c 1\nx\nPUB b.x.y 1\nx\n");
    scripts.says(
        USERS,
        "publish denied while verbose",
        as("some").replace("\"verbose\":false", "\"verbose\":true") + "PUB c 1\nx\nPUB a.b 1\nx\n");
    scripts.says(
        USERS,
        "subscribe allowed and denied",
        as("some")
            + "SUB a.b 1\nSUB b 2\nSUB a.secret.x 3\nSUB a.> 4\nSUB > 5\nSUB a.* 6\nSUB * 7\n");
    scripts.says(
        USERS,
        "subscribe refused while verbose",
        as("some").replace("\"verbose\":false", "\"verbose\":true") + "SUB zzz 1\nSUB a.b 2\n");
    scripts.says(
        USERS,
        "queue permissions",
        as("some")
            + "SUB q 1\nSUB q workers 2\nSUB q others 3\nSUB w v1.a 4\nSUB w v2.a 5\nSUB w v1.a.b 6\nSUB a.b any 7\n");
    scripts.says(
        USERS,
        "quotes in subjects are escaped",
        as("some") + "SUB no\"quote\\ 1\nPUB no\"quote\\\u0001 1\nx\n");
    scripts.says(
        USERS,
        "wildcards in a refused publish",
        as("some") + "PUB a.* 1\nx\nPUB a.> 1\nx\nPUB b.* 1\nx\nPUB a..b 1\nx\n");
    scripts.add(
        USERS,
        "denied messages are held back from wildcards",
        stage -> {
          WireClient deny =
              stage.client().send(as("deny") + "SUB x.* 1\nSUB > 2\nSUB x.no 3\n").sync();
          stage.client().send(as("all") + "PUB x.yes 1\ny\nPUB x.no 1\nn\n").sync();
          deny.sync();
        });
    scripts.add(
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
    scripts.add(
        USERS,
        "a reply is allowed once",
        stage -> {
          WireClient service = stage.client().send(as("reply") + "SUB svc.> 1\n").sync();
          stage.client().send(as("all") + "SUB re.> 1\nPUB svc.a re.1 1\nq\n").sync();
          service.await("MSG").send("PUB re.2 1\nn\nPUB re.1 1\ny\nPUB re.1 1\nn\n").sync();
        });
    scripts.add(
        USERS,
        "a reply is allowed twice",
        stage -> {
          WireClient service = stage.client().send(as("twice") + "SUB svc.> 1\n").sync();
          stage.client().send(as("all") + "PUB svc.a re.1 1\nq\n").sync();
          service.await("MSG").send("PUB re.1 1\ny\nPUB re.1 1\ny\nPUB re.1 1\nn\n").sync();
        });
    scripts.says(
        USERS,
        "default permissions",
        as("default") + "SUB open.x 1\nSUB other 2\nPUB open.x 1\nx\nPUB other 1\nx\n");
    scripts.says(
        USERS, "user info of who may not ask", as("some") + "PUB $SYS.REQ.USER.INFO a.re 0\n\n");
    scripts.asks(
        USERS,
        "user info of who may do all",
        as("all") + "SUB re 1\nPUB $SYS.REQ.USER.INFO re 0\n\n");
    scripts.says(
        USERS,
        "user info of who may only reply",
        as("reply") + "SUB svc.re 1\nPUB $SYS.REQ.USER.INFO svc.re 0\n\n");
  }

  private void accounts() {
    scripts.add(
        ACCOUNTS,
        "accounts do not hear each other",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB > 1\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB > 1\n").sync();
          stage.client().send(as("b2") + "PUB x 1\nx\n").sync();
          a.sync();
          b.sync();
        });
    scripts.says(
        ACCOUNTS, "second INFO names the account", as("a").replace("}", ",\"protocol\":1}"));
    scripts.says(
        ACCOUNTS, "second INFO of the system account", as("sys").replace("}", ",\"protocol\":1}"));
    scripts.says(ACCOUNTS, "no credentials", "CONNECT {\"protocol\":1}\n");
    scripts.says(ACCOUNTS, "no CONNECT", "SUB a 1\nPUB a 1\nx\n");
    scripts.breaks(ACCOUNTS, "wrong credentials", "CONNECT {\"user\":\"a\",\"pass\":\"b\"}\n");
    scripts.says(
        ACCOUNTS, "reserved subjects in the system account", as("sys") + "PUB $NRG.x 1\nx\n");
    scripts.says(
        ONLY_SYSTEM,
        "users of the system account leave the server open",
        MODERN + "SUB a 1\nPUB a 1\nx\n");
    scripts.says(ONLY_SYSTEM, "the system user", as("sys").replace("}", ",\"protocol\":1}"));
    scripts.says(ONLY_SYSTEM, "nothing before the first operation", "PING\n");
  }
}
