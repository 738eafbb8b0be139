// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.server.config.ExportConfig;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What accounts share between connections of different loops, whatever loop is faster. */
class SharingLoopsTest {
  private static final long SECOND = 1_000_000_000L;

  private static final String ACCOUNTS =
      """
      accounts {
        A { users: [ {user: a, password: a} ]
          exports: [ {stream: "news.>"}, {service: one, threshold: "5s"}
            {service: many, response: stream, threshold: "5s"} ] }
        B { users: [ {user: b, password: b} ]
          imports: [ {stream: {account: A, subject: "news.>"}, prefix: theirs}
            {service: {account: A, subject: one}}, {service: {account: A, subject: many}} ] }
      }
      """;

  private static String as(String user) {
    return "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true,\"user\":\""
        + user
        + "\",\"pass\":\""
        + user
        + "\"}\n";
  }

  private static String repliesIn(String received, int which) {
    return "_R_." + received.split("_R_\\.")[which + 1].split(" ")[0];
  }

  @Test
  void importedSubscriptionIsInPlaceWhenItsClientIsToldSo() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 3, ACCOUNTS);
          SimulatedClient importer = server.client(1).send(as("b"));
          SimulatedClient publisher = server.client(2).send(as("a") + "SUB in 9\n");
          publisher.poll();
          importer.queue("SUB theirs.news.* 1\nPING\n");
          while (!importer.received().contains("PONG")) {
            assertThat(server.simulation().step()).isTrue();
          }
          publisher.arrive("PUB news.x in 2\nhi\n").poll();
          server.simulation().runReady();
          assertThat(publisher.received()).as("no responders").isEmpty();
          assertThat(importer.received()).isEqualTo("MSG theirs.news.x 1 in 2\nhi\n");
          importer.send("UNSUB 1\n");
          publisher.send("PUB news.x in 2\nno\n");
          assertThat(publisher.received()).contains("503");
          assertThat(importer.received()).isEmpty();
        });
  }

  @Test
  void maximumOfASubscriptionCountsWhatComesFromAllAccounts() {
    SimulatedServer server = new SimulatedServer(1, 2, ACCOUNTS);
    SimulatedClient importer = server.client(0).send(as("b") + "SUB theirs.> 1\nUNSUB 1 3\n");
    SimulatedClient publisher = server.client(1).send(as("a") + "SUB in 9\n");
    publisher.send("PUB news.1 0\n\n");
    importer.send("PUB theirs.own 0\n\n");
    publisher.send("PUB news.2 0\n\nPUB news.3 in 0\n\n");
    assertThat(importer.received())
        .isEqualTo("MSG theirs.news.1 1 0\n\nMSG theirs.own 1 0\n\nMSG theirs.news.2 1 0\n\n");
    publisher.received();
    publisher.send("PUB news.4 in 0\n\n");
    assertThat(publisher.received()).as("nobody is left").contains("503");
  }

  @Test
  void responseReachesTheRequesterFromEveryLoop() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 4, ACCOUNTS);
          SimulatedClient service = server.client(1).send(as("a") + "SUB one 1\n");
          SimulatedClient other = server.client(2).send(as("a"));
          SimulatedClient requester = server.client(3).send(as("b") + "SUB in 1\n");
          service.poll();
          other.poll();
          requester.queue("PUB one in 2\nhi\n");
          String request = "";
          while (!request.contains("hi\n")) {
            assertThat(server.simulation().step()).isTrue();
            request += service.received();
          }
          // both answer a request that has one response
          String reply = repliesIn(request, 0);
          service.arrive("PUB " + reply + " 1\n1\n").poll();
          other.arrive("PUB " + reply + " 1\n2\n").poll();
          server.simulation().runReady();
          assertThat(requester.received()).isIn("MSG in 1 1\n1\n", "MSG in 1 1\n2\n");
        });
  }

  @Test
  void responsesComeAsLongAsTheThresholdLetsThem() {
    SimulatedServer server = new SimulatedServer(1, 2, ACCOUNTS);
    SimulatedClient service = server.client(0).send(as("a") + "SUB one 1\nSUB many 2\n");
    SimulatedClient requester = server.client(1).send(as("b") + "SUB in 1\n");
    requester.send("PUB one in 0\n\nPUB many in 0\n\n");
    String received = service.received();
    String one = repliesIn(received, 0);
    String many = repliesIn(received, 1);
    server.simulation().runFor(4 * SECOND);
    service.send("PUB " + many + " 1\n1\n");
    server.simulation().runFor(4 * SECOND);
    service.send("PUB " + many + " 1\n2\nPUB " + one + " 1\n3\n");
    assertThat(requester.received().replace("PING\n", ""))
        .isEqualTo("MSG in 1 1\n1\nMSG in 1 1\n2\n");
    server.simulation().runFor(6 * SECOND);
    service.send("PUB " + many + " 1\n4\n");
    assertThat(requester.received()).doesNotContain("MSG");
  }

  @Test
  void thousandsOfRequestsAreToldApart() {
    SimulatedServer server = new SimulatedServer(1, 2, ACCOUNTS);
    SimulatedClient service = server.client(0).send(as("a") + "SUB one 1\n");
    SimulatedClient requester = server.client(1).send(as("b") + "SUB in.* 1\n");
    List<String> replies = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      requester.send("PUB one in." + i + " 0\n\n");
      replies.add(repliesIn(service.received(), 0));
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(1));
    for (int i : order) {
      service.send("PUB " + replies.get(i) + " 0\n\n");
      assertThat(requester.received()).isEqualTo("MSG in." + i + " 1 0\n\n");
    }
  }

  @Test
  void repliesBeyondTheMostMakeTheOldestGiveWay() {
    ReplySlots slots = new ReplySlots();
    ServiceExport export =
        new ServiceExport(
            new ExportConfig(
                ExportConfig.Kind.SERVICE,
                "s",
                List.of(),
                ExportConfig.ResponseType.SINGLETON,
                0,
                null,
                0));
    Account nobody = new SimulatedServer(1, 1, "").context().authenticator().global();
    List<PendingReply> all = new ArrayList<>();
    for (int i = 0; i < ReplySlots.MOST + 100; i++) {
      int slot = slots.free(i);
      PendingReply reply = new PendingReply(new byte[0], nobody, new byte[0], export, false, i);
      slots.put(slot, reply);
      assertThat(slots.get(slot)).isSameAs(reply);
      all.add(reply);
    }
    List<PendingReply> there = new ArrayList<>();
    for (int slot = 0; slot < ReplySlots.MOST; slot++) {
      PendingReply reply = slots.get(slot);
      if (reply != null) {
        there.add(reply);
      }
    }
    assertThat(there).hasSize(ReplySlots.MOST);
    assertThat(there).contains(all.get(all.size() - 1));
    assertThat(slots.get(ReplySlots.MOST)).isNull();
    long later = ServiceExport.DEFAULT_THRESHOLD_NANOS + all.size();
    int freed = slots.free(later);
    assertThat(slots.get(freed)).satisfies(old -> assertThat(old.isOver(later)).isTrue());
  }
}
