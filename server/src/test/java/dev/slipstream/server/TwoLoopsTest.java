// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What holds between connections of different loops, whatever loop is faster. */
class TwoLoopsTest {
  private static final String QUIET =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\n";

  @Test
  void whoeverIsToldOfASubscriptionFindsItInPlace() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 3, "");
          SimulatedClient subscriber = server.client(1).send(QUIET);
          SimulatedClient publisher = server.client(2).send(QUIET + "SUB in 9\n");
          publisher.poll();
          subscriber.queue("SUB a 1\nSUB b 2\nPING\n");
          while (!subscriber.received().contains("PONG")) {
            assertThat(server.simulation().step()).isTrue();
          }
          publisher.arrive("PUB a in 1\nx\nPUB b in 1\ny\n").poll();
          server.simulation().runReady();
          assertThat(publisher.received()).as("no responders").isEmpty();
          assertThat(subscriber.received()).isEqualTo("MSG a 1 in 1\nx\nMSG b 2 in 1\ny\n");
        });
  }

  @Test
  void replyReachesTheInboxThatWasSubscribedJustBefore() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 3, "");
          SimulatedClient service = server.client(2).send(QUIET + "SUB svc 1\n");
          SimulatedClient client = server.client(1).send(QUIET);
          SimulatedClient helper = server.client(0).send(QUIET + "SUB help 1\n");
          service.poll();
          helper.poll();
          client.queue("SUB _INBOX.1 1\nPUB svc _INBOX.1 0\n\nUNSUB 1 1\nPING\n");
          while (!service.received().contains("MSG svc")) {
            assertThat(server.simulation().step()).isTrue();
          }
          // somebody else answers, on a loop that the request did not pass
          helper.arrive("PUB _INBOX.1 2\nok\n").poll();
          server.simulation().runReady();
          assertThat(client.received().replace("PONG\n", "")).isEqualTo("MSG _INBOX.1 1 2\nok\n");
        });
  }

  @Test
  void whatAClientHasSaidBeforeItHungUpIsHeard() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 3, "");
          SimulatedClient other = server.client(1).send(QUIET + "SUB b 1\n");
          SimulatedClient hasty = server.client(2).send(QUIET);
          hasty.queue("SUB a 1\nUNSUB 1\nPUB b 1\nx\nSUB c 2\nPUB b 1\ny\n").hangUp();
          assertThat(other.received()).isEqualTo("MSG b 1 1\nx\nMSG b 1 1\ny\n");
          assertThat(hasty.isClosed()).isTrue();
          assertThat(server.loop(2).connections()).isEmpty();
        });
  }

  @Test
  void messagesOfAPublisherKeepTheirOrder() {
    Seeds.forEach(
        100,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 2, "");
          SimulatedClient near = server.client(0).send(QUIET + "SUB n.> 1\n");
          SimulatedClient far = server.client(1).send(QUIET + "SUB n.* 1\nSUB n.odd 2\n");
          SimulatedClient publisher = server.client(0).send(QUIET);
          for (int i = 0; i < 50; i++) {
            publisher.queue("PUB n." + (i % 2 == 0 ? "even" : "odd") + " 3\n" + (100 + i) + "\n");
          }
          server.simulation().runReady();
          for (SimulatedClient client : List.of(near, far)) {
            List<String> numbers =
                client.received().lines().filter(l -> l.matches("\\d+")).distinct().toList();
            assertThat(numbers).hasSize(50).isSorted();
          }
        });
  }

  @Test
  void clientThatSyncsAfterThePublisherHasTheMessageBeforeItsPong() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 2, "");
          SimulatedClient subscriber = server.client(1).send(QUIET + "SUB a 1\n");
          SimulatedClient publisher = server.client(0).send(QUIET);
          subscriber.poll();
          publisher.queue("PUB a 1\nx\nPING\n");
          while (!publisher.received().contains("PONG")) {
            assertThat(server.simulation().step()).isTrue();
          }
          subscriber.arrive("PING\n").poll();
          server.simulation().runReady();
          assertThat(subscriber.received()).isEqualTo("MSG a 1 1\nx\nPONG\n");
        });
  }

  @Test
  void queueGroupGetsEachMessageOnceWhileMembersComeAndGo() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          SimulatedServer server = new SimulatedServer(seed, 2, "");
          List<SimulatedClient> members = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            members.add(server.client(i % 2).send(QUIET + "SUB work.* q 1\n"));
          }
          SimulatedClient steady = server.client(1).send(QUIET + "SUB work.> q 1\n");
          members.add(steady);
          SimulatedClient publisher = server.client(0).send(QUIET);
          for (int i = 0; i < 60; i++) {
            publisher.queue("PUB work.x 3\n" + (100 + i) + "\n");
            SimulatedClient member = members.get(random.nextInt(4));
            if (random.nextInt(4) == 0) {
              member.queue(random.nextBoolean() ? "UNSUB 1\n" : "SUB work.* q 1\n");
            }
            for (int steps = random.nextInt(4); steps > 0; steps--) {
              server.simulation().step();
            }
          }
          server.simulation().runReady();
          List<String> all = new ArrayList<>();
          members.forEach(
              m -> m.received().lines().filter(l -> l.matches("\\d+")).forEach(all::add));
          assertThat(all).hasSize(60).doesNotHaveDuplicates();
        });
  }

  @Test
  void queueGroupSharesWorkEvenlyOverLoops() {
    SimulatedServer server = new SimulatedServer(1, 2, "");
    SimulatedClient near = server.client(0).send(QUIET + "SUB a q 1\n");
    SimulatedClient far = server.client(1).send(QUIET + "SUB a q 1\n");
    server.client(0).send(QUIET + "PUB a 1\nx\n".repeat(1000));
    assertThat(near.received().lines().filter("x"::equals).count()).isBetween(400L, 600L);
    assertThat(far.received().lines().filter("x"::equals).count()).isBetween(400L, 600L);
  }

  @Test
  void publisherWaitsWhileTheWayToAnotherLoopIsFull() {
    SimulatedServer server = new SimulatedServer(1, 2, "max_pending: 100000000");
    SimulatedClient receiver = server.client(1).send(QUIET + "SUB a 1\n");
    SimulatedClient publisher = server.client(0).send(QUIET);
    String message = "PUB a 1000000\n" + "x".repeat(1_000_000) + "\n";
    publisher.queue(message.repeat(20) + "PING\n");
    long most = 0;
    while (server.simulation().step()) {
      most = Math.max(most, server.loop(0).mailTo(1).bytesOnTheirWay());
    }
    assertThat(most).isBetween(LoopMail.FULL_BYTES, LoopMail.FULL_BYTES + 1_000_100);
    assertThat(publisher.pauses()).isPositive();
    assertThat(publisher.received()).isEqualTo("PONG\n");
    assertThat(receiver.received().length())
        .isEqualTo(20 * ("MSG a 1 1000000\n".length() + 1_000_001));
    server.simulation().runFor(TimeUnit.SECONDS.toNanos(1));
  }
}
