// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/** What is said to a server whose accounts share subjects. */
final class SharingScripts {
  private static final String STREAMS =
      """
      accounts {
        A {
          users: [ {user: a, password: a} ]
          exports: [
            {stream: "pub.>"}, {stream: "priv.*", accounts: [B]}, {stream: "turn.*.*"}
            {stream: one}, {stream: "many.*"}
          ]
        }
        B {
          users: [ {user: b, password: b}
            {user: narrow, password: narrow, permissions: {subscribe: {deny: "from.a.priv.no"}}} ]
          imports: [
            {stream: {account: A, subject: "pub.>"}}
            {stream: {account: A, subject: "priv.*"}, prefix: "from.a"}
            {stream: {account: A, subject: "turn.*.*"}, to: "turned.$2.$1"}
            {stream: {account: A, subject: one}, to: other.one}
            {stream: {account: A, subject: many.x}, to: x}
          ]
          exports: [ {stream: "turned.>"} ]
        }
        C {
          users: [ {user: c, password: c} ]
          imports: [
            {stream: {account: B, subject: "turned.*.z"}, to: "again.*"}
            {stream: {account: A, subject: "many.*"}, prefix: "m."}
          ]
        }
      }
      """;
  private static final String SERVICES =
      """
      accounts {
        A {
          users: [ {user: a, password: a}
            {user: only, password: only, permissions: {subscribe: "svc.>", allow_responses: true}} ]
          exports: [
            {service: "svc.>", response: stream}, {service: one}, {service: "turn.*.*"}
            {service: chunk, response: chunked}, {service: private, accounts: [B]}
            {service: known}, {service: "for.*", account_token_position: 2}
          ]
          mappings { was: {destination: is, weight: 100%} }
        }
        B {
          users: [ {user: b, password: b}, {user: b2, password: b2} ]
          imports: [
            {service: {account: A, subject: "svc.>"}, to: "ask.>"}
            {service: {account: A, subject: one}}
            {service: {account: A, subject: "turn.*.*"}, to: "q.$2.$1"}
            {service: {account: A, subject: chunk}, to: "chunk.*"}
            {service: {account: A, subject: private}, to: p}
            {service: {account: A, subject: known}, to: k, share: true}
            {service: {account: A, subject: "for.B"}, to: mine}
          ]
          exports: [ {service: one}, {service: k} ]
        }
        C {
          users: [ {user: c, password: c} ]
          imports: [
            {service: {account: B, subject: one}, to: first}
            {service: {account: B, subject: k}, to: kk}
          ]
        }
      }
      """;

  private final WireScripts scripts;

  SharingScripts(WireScripts scripts) {
    this.scripts = scripts;
  }

  void addAll() {
    streams();
    overlaps();
    services();
    responses();
    headers();
  }

  private static String as(String user) {
    return "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,"
        + "\"name\":\"n\",\"lang\":\"l\",\"version\":\"1\",\"user\":\""
        + user
        + "\",\"pass\":\""
        + user
        + "\"}\n";
  }

  /** B subscribes, A publishes, B shows what came. */
  private void heard(String name, String subscriptions, String publishes) {
    heardBy("b", name, subscriptions, publishes);
  }

  private void heardBy(String user, String name, String subscriptions, String publishes) {
    scripts.add(
        STREAMS,
        name,
        stage -> {
          WireClient importer = stage.client().send(as(user) + subscriptions).sync();
          stage.client().send(as("a") + publishes).sync();
          importer.sync();
        });
  }

  private void streams() {
    heard("a public stream", "SUB pub.x 1\n", "PUB pub.x 2\nhi\nPUB pub.y 2\nno\n");
    heard("a reply stays", "SUB pub.x 1\n", "PUB pub.x re.ply 2\nhi\n");
    heard("behind a prefix", "SUB from.a.priv.* 1\n", "PUB priv.x 1\nx\nPUB priv.y.z 1\nn\n");
    heard("turned around", "SUB turned.1.2 1\n", "PUB turn.2.1 1\nx\nPUB turn.1.2 1\nn\n");
    heard("one subject as another", "SUB other.one 1\n", "PUB one 1\nx\n");
    heard("one of many", "SUB x 1\n", "PUB many.x 1\nx\nPUB many.y 1\nn\n");
    heard(
        "not under the exporter's name",
        "SUB one 1\nSUB priv.> 2\n",
        "PUB one 1\nx\nPUB priv.x 1\nx\n");
    heard(
        "what is not exported", "SUB secret 1\nSUB other 2\n", "PUB secret 1\nx\nPUB other 1\nx\n");
    heard("in a queue group", "SUB pub.q q 1\n", "PUB pub.q 1\nx\nPUB pub.q 1\ny\n");
    heard(
        "unsubscribed", "SUB pub.x 1\nUNSUB 1\nSUB pub.y 2\n", "PUB pub.x 1\nx\nPUB pub.y 1\ny\n");
    heard(
        "a sid used again",
        "SUB pub.x 1\nUNSUB 1\nSUB pub.y 1\n",
        "PUB pub.x 1\nx\nPUB pub.y 1\ny\n");
    heard("with headers", "SUB pub.x 1\n", "HPUB pub.x 22 24\nNATS/1.0\nFoo: bar\n\nhi\n");
    heardBy(
        "narrow",
        "denied under its own name",
        "SUB from.> 1\n",
        "PUB priv.no 1\nx\nPUB priv.ok 1\ny\n");
    heardBy("c", "from an account further on", "SUB again.> 1\n", "PUB turn.z.1 1\nx\n");
    heardBy("c", "a prefix that ends with a dot", "SUB m.> 1\n", "PUB many.1 1\nx\n");
    scripts.add(
        STREAMS,
        "from the importer itself",
        stage -> {
          WireClient b = stage.client().send(as("b") + "SUB pub.> 1\n").sync();
          b.send("PUB pub.own 1\nx\n").sync();
          stage.client().send(as("a") + "PUB pub.its 1\nx\n").sync();
          b.sync();
        });
    scripts.add(
        STREAMS,
        "the exporter does not hear the importer",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB > 1\n").sync();
          stage.client().send(as("b") + "SUB > 1\nPUB pub.x 1\nx\nPUB from.a.priv.x 1\nx\n").sync();
          a.sync();
        });
    scripts.add(
        STREAMS,
        "a queue group across accounts is one",
        stage -> {
          WireClient b = stage.client().send(as("b") + "SUB pub.q q 1\n").sync();
          WireClient a = stage.client().send(as("a") + "SUB pub.q q 1\nUNSUB 1\n").sync();
          a.send("PUB pub.q 1\nx\n").sync();
          b.sync();
        });
    scripts.add(
        STREAMS,
        "an import is no responder that is denied",
        stage -> {
          stage.client().send(as("b") + "SUB other.one 1\n").sync();
          stage
              .client()
              .send(as("a") + "SUB in 1\nPUB one in 1\nx\nPUB pub.none in 1\nx\n")
              .await("503")
              .sync();
        });
    scripts.addForOneLoop(
        STREAMS,
        "who hears nothing any more is no responder",
        stage -> {
          WireClient b = stage.client().send(as("b") + "SUB other.one 1\n").sync();
          b.send("UNSUB 1\n").sync();
          stage.client().send(as("a") + "SUB in 1\nPUB one in 1\nx\n").await("503").sync();
        });
  }

  private void overlaps() {
    heard("a wider subscription", "SUB > 1\n", "PUB one 1\nx\nPUB priv.p 1\ny\nPUB secret 1\nn\n");
    heard("a wider subscription of one import", "SUB from.> 1\n", "PUB priv.p 1\ny\n");
    heard("a narrower subscription", "SUB pub.a.* 1\n", "PUB pub.a.b 1\nx\nPUB pub.b.b 1\nn\n");
    heard("wildcards that cross", "SUB *.a.> 1\n", "PUB pub.a.b.c 1\nx\nPUB pub.b.b 1\nn\n");
    heard(
        "wildcards that cross and turn", "SUB *.1.> 1\n", "PUB turn.2.1 1\nx\nPUB turn.1.2 1\nn\n");
    heard(
        "a wildcard in the place of a wildcard",
        "SUB turned.*.7 1\n",
        "PUB turn.7.1 1\nx\nPUB turn.1.7 1\nn\n");
    heard(
        "wildcards that miss",
        "SUB *.a.b.c 1\nSUB turned.*.*.* 2\n",
        "PUB pub.a.b 1\nx\nPUB turn.1.2 1\nn\n");
  }

  /** A answers what B asks; both show what came. */
  private void answered(String name, String service, String request, String answer) {
    scripts.add(
        SERVICES,
        name,
        stage -> {
          WireClient a = stage.client().send(as("a") + service).sync();
          WireClient b = stage.client().send(as("b") + "SUB in.> 9\n" + request).sync();
          String reply = replyOf(a.await("_R_."), 0);
          a.send(answer.replace("REPLY", reply)).sync();
          b.sync();
        });
  }

  /** The reply subject that a client was shown, by its place among all of them. */
  private static String replyOf(WireClient client, int place) {
    client.sync();
    String[] parts = client.received().split("_R_\\.");
    return "_R_." + parts[place + 1].split("[ \r]")[0];
  }

  private void services() {
    answered(
        "a request and its answer", "SUB one 1\n", "PUB one in.1 2\nhi\n", "PUB REPLY 2\nyo\n");
    answered(
        "under another name", "SUB svc.> 1\n", "PUB ask.a.b in.1 2\nhi\n", "PUB REPLY 2\nyo\n");
    answered(
        "turned around",
        "SUB turn.* 1\nSUB turn.*.* 2\n",
        "PUB q.1.2 in.1 0\n\n",
        "PUB REPLY 2\nyo\n");
    answered(
        "many subjects to one", "SUB chunk 1\n", "PUB chunk.x in.1 0\n\n", "PUB REPLY 2\nyo\n");
    answered("private", "SUB private 1\n", "PUB p in.1 0\n\n", "PUB REPLY 2\nyo\n");
    answered(
        "for the account in the subject",
        "SUB for.> 1\n",
        "PUB mine in.1 0\n\n",
        "PUB REPLY 2\nyo\n");
    answered("in a queue group", "SUB one q 1\n", "PUB one in.1 2\nhi\n", "PUB REPLY 2\nyo\n");
    answered(
        "headers both ways",
        "SUB one 1\n",
        "HPUB one in.1 22 24\nNATS/1.0\nFoo: bar\n\nhi\n",
        "HPUB REPLY 22 24\nNATS/1.0\nFoo: baz\n\nhi\n");
    scripts.add(
        SERVICES,
        "without a reply",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB > 1\n").sync();
          stage
              .client()
              .send(as("b") + "PUB one 1\nx\nPUB ask.x 1\ny\nPUB not.imported 1\nz\n")
              .sync();
          a.sync();
        });
    scripts.asks(SERVICES, "nobody there", as("b") + "SUB in 1\nPUB one in 1\nx\n");
    scripts.addForOneLoop(
        SERVICES,
        "nobody there any more",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB in 1\nPUB one in 1\nx\n").sync();
          a.send("UNSUB 1\n").sync();
          b.send("PUB one in 1\ny\n").await("503").sync();
        });
    scripts.add(
        SERVICES,
        "the importer has one of its own too",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\n").sync();
          WireClient own = stage.client().send(as("b2") + "SUB one 1\n").sync();
          stage.client().send(as("b") + "SUB in 1\nPUB one in 1\nx\n").sync();
          own.sync();
          a.sync();
        });
    scripts.add(
        SERVICES,
        "through two accounts",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\n").sync();
          WireClient c = stage.client().send(as("c") + "SUB in 1\nPUB first in 1\nx\n").sync();
          a.send("PUB " + replyOf(a, 0) + " 2\nyo\n").sync();
          c.sync();
        });
    scripts.add(
        SERVICES,
        "one who may only answer",
        stage -> {
          WireClient a = stage.client().send(as("only") + "SUB svc.x 1\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB in 1\nPUB ask.x in 1\nx\n").sync();
          String reply = replyOf(a, 0);
          a.send("PUB " + reply + " 2\nyo\nPUB " + reply + " 2\nno\n").sync();
          b.sync();
        });
    scripts.says(SERVICES, "a reply that looks like one", as("b") + "PUB one _R_.a.b 1\nx\n");
  }

  private void responses() {
    String twice = "PUB REPLY 1\n1\nPUB REPLY 1\n2\n";
    answered("one response is all", "SUB one 1\n", "PUB one in.1 0\n\n", twice);
    answered("a stream of responses", "SUB svc.x 1\n", "PUB ask.x in.1 0\n\n", twice);
    answered("chunks", "SUB chunk 1\n", "PUB chunk.1 in.1 0\n\n", twice);
    answered(
        "an empty response ends a stream",
        "SUB svc.x 1\n",
        "PUB ask.x in.1 0\n\n",
        "PUB REPLY 1\n1\nPUB REPLY 0\n\nPUB REPLY 1\n2\n");
    answered(
        "headers alone do not end it",
        "SUB svc.x 1\n",
        "PUB ask.x in.1 0\n\n",
        "HPUB REPLY 22 22\nNATS/1.0\nFoo: bar\n\n\nPUB REPLY 1\n2\n");
    answered(
        "the requester has gone",
        "SUB svc.x 1\n",
        "PUB ask.x in.1 0\n\nUNSUB 9\n",
        "PUB REPLY 1\n1\nPUB REPLY a.reply 1\n2\n");
    scripts.add(
        SERVICES,
        "a conversation",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\nSUB back 2\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB in 1\nPUB one in 1\nx\n").sync();
          a.send("PUB " + replyOf(a, 0) + " back 2\nyo\n").sync();
          b.send("PUB " + replyOf(b, 0) + " 3\nbye\n").sync();
          a.sync();
        });
    scripts.add(
        SERVICES,
        "two requests are told apart",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\n").sync();
          WireClient b = stage.client().send(as("b") + "SUB in.> 1\n").sync();
          b.send("PUB one in.1 1\nx\nPUB one in.2 1\ny\n").sync();
          a.send("PUB " + replyOf(a, 1) + " 1\n2\nPUB " + replyOf(a, 0) + " 1\n1\n").sync();
          b.sync();
        });
    scripts.says(
        SERVICES,
        "an answer to nothing",
        as("a") + "SUB in 1\nPUB _R_.nothing.there 1\nx\nPUB _R_.nothing.there in 1\nx\n");
  }

  private void headers() {
    String spoofed = "HPUB one 52 53\nNATS/1.0\nNats-Request-Info: {\"acc\":\"SYS\"}\nA: b\n\nx\n";
    scripts.add(
        SERVICES,
        "who asks cannot be made up",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB one 1\n").sync();
          stage.client().send(as("b") + spoofed).sync();
          a.sync();
        });
    scripts.add(
        SERVICES,
        "who asks is shared",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB known 1\n").sync();
          stage.client().send(as("b") + "PUB k 1\nx\n").sync();
          a.sync();
        });
    scripts.add(
        SERVICES,
        "who asks is shared by the second account only",
        stage -> {
          WireClient a = stage.client().send(as("a") + "SUB known 1\n").sync();
          stage.client().send(as("c") + "PUB kk 1\nx\n").sync();
          a.sync();
        });
  }
}
