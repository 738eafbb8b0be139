// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static dev.slipstream.server.WireScripts.HEADERS;
import static dev.slipstream.server.WireScripts.MODERN;
import static dev.slipstream.server.WireScripts.OPEN;
import static dev.slipstream.server.WireScripts.QUIET;

/** What is said to a server that is open to all: every operation, right and wrong. */
final class ProtocolScripts {
  private final WireScripts scripts;

  ProtocolScripts(WireScripts scripts) {
    this.scripts = scripts;
  }

  void addAll() {
    greeting();
    core();
    headers();
    queues();
    unsubscribe();
    broken();
  }

  private void greeting() {
    scripts.add(OPEN, "greeting", stage -> stage.client());
    scripts.says(OPEN, "second INFO after the first PING only", MODERN + "PING\nPING\n");
    scripts.says(OPEN, "no second INFO for protocol 0", QUIET + "PING\n");
    scripts.says(OPEN, "PING before CONNECT, then CONNECT", "PING\n" + MODERN + "PING\n");
    scripts.asks(
        OPEN, "user info request", MODERN + "SUB in.box 1\nPUB $SYS.REQ.USER.INFO in.box 0\n\n");
    scripts.says(OPEN, "user info request without reply", MODERN + "PUB $SYS.REQ.USER.INFO 0\n\n");
    scripts.says(
        OPEN,
        "operations may be in lower case",
        "connect {\"verbose\":true}\nsub a 1\npub a 1\nx\nping\n");
    scripts.says(OPEN, "what stands behind PING is ignored", QUIET + "PING and more\nPONG or so\n");
    scripts.says(OPEN, "INFO and OK of a client are ignored", QUIET + "INFO {}\n+OK\n+OKAY\n");
    scripts.breaks(OPEN, "ERR of a client ends it", QUIET + "-ERR 'no'\n");
    scripts.says(OPEN, "null in CONNECT", "CONNECT {\"verbose\":null,\"user\":null}\nSUB a 1\n");
    scripts.says(
        OPEN,
        "unknown fields in CONNECT",
        "CONNECT {\"verbose\":false,\"x\":{\"y\":[1]}}\nSUB a 1\n");
  }

  private void core() {
    scripts.says(OPEN, "without CONNECT a client is verbose", "SUB a 1\nPUB a 2\nhi\nUNSUB 1\n");
    scripts.says(OPEN, "publish to own subscription", QUIET + "SUB a 1\nPUB a 5\nhello\n");
    scripts.says(OPEN, "reply subject", QUIET + "SUB a 1\nPUB a r.e.p 0\n\n");
    scripts.says(OPEN, "blanks and tabs", QUIET + "SUB \t a\t \t1  \nPUB   a \t 2 \nhi\n");
    scripts.add(
        OPEN,
        "line feeds without carriage return",
        s -> s.client().sendRaw("CONNECT {}\nSUB a 1\nPUB a 2\nhi\r\nPING\n").await("PONG\n"));
    scripts.says(
        OPEN,
        "wildcards",
        QUIET + "SUB a.* 1\nSUB a.> 2\nSUB *.b 3\nSUB > 4\nSUB * 5\nPUB a.b 1\nx\n");
    scripts.says(
        OPEN,
        "wildcards do not match fewer tokens",
        QUIET + "SUB a.> 1\nSUB a.*.c 2\nPUB a 1\nx\nPUB a.b 1\ny\n");
    scripts.says(
        OPEN,
        "wildcards inside tokens are letters",
        QUIET + "SUB a*.b> 1\nPUB a*.b> 1\nx\nPUB ax.bx 1\ny\n");
    scripts.says(
        OPEN, "publish to wildcards is literal", QUIET + "SUB a.b 1\nSUB a.* 2\nPUB a.* 1\nx\n");
    scripts.says(
        OPEN,
        "publish to empty tokens reaches nobody",
        QUIET + "SUB > 1\nPUB a..b 1\nx\nPUB .a 1\ny\nPUB a. 1\nz\n");
    scripts.says(
        OPEN,
        "pedantic complains of a wildcard",
        "CONNECT {\"verbose\":false}\nSUB > 1\nPUB a.* 1\nx\nPUB a..b 1\ny\nPUB a.> 1\nz\n");
    scripts.says(
        OPEN,
        "verbose and pedantic",
        "CONNECT {\"verbose\":true,\"pedantic\":true}\nPUB a.* 1\nx\n");
    scripts.says(
        OPEN, "no echo", "CONNECT {\"verbose\":false,\"echo\":false}\nSUB a 1\nPUB a 1\nx\n");
    scripts.says(
        OPEN,
        "duplicate sid keeps the first",
        "CONNECT {}\nSUB a 1\nSUB b 1\nPUB b 1\nx\nPUB a 1\ny\n");
    scripts.says(
        OPEN,
        "sids are words",
        QUIET
            + "SUB a one\nSUB a 001\nSUB a 1\nPUB a 1\nx\nUNSUB one\nPUB a 1\ny\n"
                .replace("SUB a 001\nSUB a 1\n", ""));
    scripts.says(
        OPEN,
        "invalid subjects",
        "CONNECT {\"verbose\":true}\nSUB a..b 1\nSUB .a 2\nSUB a. 3\nSUB >.a 4\nSUB a.>.b 5\nSUB foo.* 6\n");
    scripts.add(
        OPEN,
        "two clients",
        stage -> {
          WireClient a = stage.client().send(QUIET + "SUB news.* 9\n").sync();
          stage.client().send(QUIET + "PUB news.eu re.ply 4\nbrrr\n").sync();
          a.sync();
        });
    scripts.add(
        OPEN,
        "byte by byte",
        stage ->
            stage
                .client()
                .drip(
                    HEADERS
                        + "SUB a 1\nPUB a 5\nhello\nHPUB a r 12 17\nNATS/1.0\n\nworld\nUNSUB 1\nPING\n")
                .await("PONG\n"));
    scripts.add(
        OPEN,
        "a message of 64 KiB",
        stage ->
            stage
                .client()
                .send(QUIET + "SUB big 1\nPUB big 65536\n" + "0123456789abcdef".repeat(4096) + "\n")
                .sync());
    scripts.add(
        OPEN,
        "repeated CONNECT drops subscriptions",
        stage ->
            stage
                .client()
                .send(
                    "CONNECT {\"verbose\":true}\nSUB a 1\nCONNECT {}\nPUB a 1\nx\nSUB a 1\nPUB a 1\ny\n")
                .sync());
    scripts.says(
        OPEN,
        "repeated CONNECT changes what it names",
        QUIET
            + "CONNECT {\"verbose\":true}\nSUB a 1\nCONNECT {\"echo\":false}\nSUB a 1\nPUB a 1\nx\n");
  }

  private void headers() {
    scripts.says(
        OPEN,
        "headers",
        HEADERS
            + "SUB a 1\nHPUB a 22 27\nNATS/1.0\nA: b\nC: d\n\nworld\n".replace("22 27", "24 29"));
    scripts.says(
        OPEN,
        "headers with reply and no payload",
        HEADERS + "SUB a 1\nHPUB a re 18 18\nNATS/1.0\nA: b\n\n\n");
    scripts.says(OPEN, "headers of no bytes", HEADERS + "SUB a 1\nHPUB a 0 5\nhello\n");
    scripts.breaks(OPEN, "headers without leave", QUIET + "HPUB a 12 17\nNATS/1.0\n\nhello\n");
    scripts.breaks(
        OPEN, "more headers than message", HEADERS + "HPUB a 20 17\nNATS/1.0\n\nhello\n");
    scripts.add(
        OPEN,
        "headers are stripped for who does not know them",
        stage -> {
          WireClient plain = stage.client().send(QUIET + "SUB a 1\n").sync();
          stage.client().send(HEADERS + "HPUB a re 18 23\nNATS/1.0\nA: b\n\nhello\n").sync();
          plain.sync();
        });
    scripts.says(OPEN, "no responders", MODERN + "SUB in.* 7\nPUB no.body in.1 3\nabc\n");
    scripts.says(OPEN, "no responders without reply", MODERN + "SUB in.* 7\nPUB no.body 3\nabc\n");
    scripts.says(OPEN, "no responders without inbox", MODERN + "PUB no.body in.1 3\nabc\n");
    scripts.says(
        OPEN,
        "no responders with an inbox in a queue",
        MODERN + "SUB in.* q 7\nPUB no.body in.1 3\nabc\n");
    scripts.says(
        OPEN,
        "no responders when only oneself hears and wants no echo",
        MODERN.replace("}", ",\"echo\":false}") + "SUB in.* 7\nSUB svc 8\nPUB svc in.1 3\nabc\n");
    scripts.says(
        OPEN, "no responders not asked for", HEADERS + "SUB in.* 7\nPUB no.body in.1 3\nabc\n");
    scripts.breaks(OPEN, "no responders needs headers", "CONNECT {\"no_responders\":true}\n");
  }

  private void queues() {
    scripts.says(OPEN, "a queue gets one", QUIET + "SUB a q 1\nPUB a 1\nx\n");
    scripts.says(
        OPEN, "a queue and a plain subscription", QUIET + "SUB a alone 1\nSUB a 2\nPUB a 1\nx\n");
    scripts.says(
        OPEN, "two queues", QUIET + "SUB a q1 1\nSUB a.> q2 2\nPUB a 1\nx\nPUB a.b 1\ny\n");
    scripts.add(
        OPEN,
        "a queue over several subjects gets one",
        stage -> {
          WireClient client = stage.client().send(QUIET + "SUB a.b q 1\n").sync();
          // the same sid text on another connection, so that either member's answer reads alike
          stage.client().send(QUIET + "SUB a.c q 1\nPUB a.b 1\nx\n").sync();
          client.sync();
        });
    scripts.says(OPEN, "the system's queue is refused", QUIET + "SUB a _sys_ 1\n");
    scripts.add(
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
    scripts.says(OPEN, "unsubscribe", QUIET + "SUB a 1\nPUB a 1\nx\nUNSUB 1\nPUB a 1\ny\n");
    scripts.says(
        OPEN,
        "unsubscribe after some",
        QUIET + "SUB a 1\nUNSUB 1 2\nPUB a 1\nx\nPUB a 1\ny\nPUB a 1\nz\n");
    scripts.says(
        OPEN,
        "unsubscribe counts from SUB",
        QUIET + "SUB a 1\nPUB a 1\nx\nPUB a 1\ny\nUNSUB 1 3\nPUB a 1\nz\nPUB a 1\n!\n");
    scripts.says(
        OPEN,
        "unsubscribe after less than came",
        QUIET + "SUB a 1\nPUB a 1\nx\nPUB a 1\ny\nUNSUB 1 2\nPUB a 1\nz\n");
    scripts.says(OPEN, "unsubscribe a stranger", "CONNECT {}\nUNSUB 9\nUNSUB 9 4\n");
    scripts.says(
        OPEN,
        "a spent sid is free",
        QUIET + "SUB a 1\nUNSUB 1 1\nPUB a 1\nx\nSUB a 1\nPUB a 1\ny\n");
    scripts.says(
        OPEN,
        "unsubscribe of a queue member",
        QUIET + "SUB a q 1\nUNSUB 1 1\nPUB a 1\nx\nPUB a 1\ny\n");
    scripts.says(OPEN, "a maximum that is no number", QUIET + "SUB a 1\nUNSUB 1 x\nPUB a 1\nz\n");
    scripts.says(
        OPEN,
        "no responders after the last message",
        MODERN + "SUB in 7\nSUB svc 1\nUNSUB 1 1\nPUB svc in 1\nx\nPUB svc in 1\ny\n");
  }

  private void broken() {
    scripts.breaks(OPEN, "unknown verb", QUIET + "FOO\n");
    scripts.breaks(OPEN, "unknown verb after good ones", QUIET + "SUB a 1\nPUB a 1\nx\nBAR a\n");
    scripts.breaks(OPEN, "a verb without blank", QUIET + "SUBa 1\n");
    scripts.breaks(OPEN, "PUB without anything", QUIET + "PUB\n");
    scripts.breaks(OPEN, "PUB with one argument", QUIET + "PUB a\n");
    scripts.breaks(OPEN, "PUB with four arguments", QUIET + "PUB a b c 1\nx\n");
    scripts.breaks(OPEN, "PUB with a negative size", QUIET + "PUB a -1\nx\n");
    scripts.breaks(OPEN, "PUB with a huge size", QUIET + "PUB a 99999999999999999999\nx\n");
    scripts.breaks(OPEN, "SUB with one argument", QUIET + "SUB a\n");
    scripts.breaks(OPEN, "SUB with four arguments", QUIET + "SUB a b c d\n");
    scripts.breaks(OPEN, "UNSUB with three arguments", QUIET + "UNSUB a b c\n");
    scripts.breaks(OPEN, "a payload that is too long", QUIET + "PUB a 1\nxyz\n");
    scripts.breaks(OPEN, "a payload that is too short", QUIET + "PUB a 5\nxyz\nPING\n");
    scripts.breaks(OPEN, "a server's verb", QUIET + "RS+ a\n");
    scripts.breaks(OPEN, "broken JSON", "CONNECT {\"verbose\":\n");
    scripts.breaks(OPEN, "CONNECT without JSON", "CONNECT \n");
    scripts.breaks(OPEN, "wrong types in CONNECT", "CONNECT {\"verbose\":\"yes\"}\n");
    scripts.breaks(
        OPEN, "a protocol of the future", "CONNECT {\"verbose\":false,\"protocol\":2}\n");
    scripts.breaks(OPEN, "a legacy account", "CONNECT {\"verbose\":false,\"account\":\"X\"}\n");
    scripts.says(
        OPEN,
        "reserved subjects",
        QUIET + "PUB $NRG.x 1\nx\nPUB _GR_.x 1\nx\nPUB $GR.x 1\nx\nPUB $NRG. 1\nx\n");
    scripts.says(
        OPEN,
        "reserved replies",
        QUIET
            + "PUB a _R_.x 1\nx\nPUB a $JS.ACK.x 1\nx\nPUB a $JS.ACK. 1\nx\nPUB a _GR_.x 1\nx\nPUB a $JS.API.x 1\nx\n");
  }
}
