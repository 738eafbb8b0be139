// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.MessageBus.Delivery;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {
  private static final String QUIET =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}\n";
  private static final String ALL_KINDS =
      QUIET
          + "SUB a.* 1\nSUB a.b q 2\nSUB in.> 3\nPUB a.b 5\nhello\nPING\n"
          + "HPUB a.c in.re 18 20\nNATS/1.0\nA: b\n\nhi\nPUB no.body in.x 0\n\n"
          + "UNSUB 1 4\nPUB a.d 2\nhi\nPUB a.d 2\nhi\nPUB a.d 2\nno\nUNSUB 2\nSUB bad..one 4\nPING\n";

  @Test
  void inputCutAtAnyByteIsAnsweredTheSame() {
    String whole = answers(1, 1, List.of(bytes(ALL_KINDS)));
    assertThat(whole).contains("MSG a.b 1 5\nhello\n", "HMSG a.c 1 in.re 18 20", "Nats-Subject");
    byte[] all = bytes(ALL_KINDS);
    for (int cut = 1; cut < all.length; cut++) {
      List<byte[]> halves =
          List.of(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length));
      assertThat(answers(1, 1, halves)).as("cut at byte %d", cut).isEqualTo(whole);
    }
  }

  @Test
  void inputInRandomPiecesIsAnsweredTheSameOnTwoLoops() {
    String whole = answers(1, 1, List.of(bytes(ALL_KINDS)));
    Seeds.forEach(
        200,
        (seed, random) -> {
          byte[] all = bytes(ALL_KINDS);
          List<byte[]> pieces = new ArrayList<>();
          for (int at = 0; at < all.length; ) {
            int end = Math.min(all.length, at + 1 + random.nextInt(40));
            pieces.add(Arrays.copyOfRange(all, at, end));
            at = end;
          }
          assertThat(answers(seed, 2, pieces)).isEqualTo(whole);
        });
  }

  private static String answers(long seed, int loops, List<byte[]> pieces) {
    SimulatedServer server = new SimulatedServer(seed, loops, "");
    SimulatedClient client = server.client(0);
    pieces.forEach(client::queue);
    server.simulation().runReady();
    return client.received();
  }

  @Test
  void firstPingComesWithinTwoSecondsAndAFifth() {
    SimulatedServer server = new SimulatedServer(1, 1, "ping_interval: \"2m\"");
    SimulatedClient client = server.client(0).send(QUIET);
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(1_999));
    assertThat(client.received()).isEmpty();
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(401));
    assertThat(client.received()).isEqualTo("PING\n");
  }

  @Test
  void clientThatDoesNotAnswerPingsIsStale() {
    SimulatedServer server = new SimulatedServer(1, 1, "ping_interval: \"10s\", ping_max: 2");
    SimulatedClient client = server.client(0).send(QUIET);
    server.simulation().runFor(TimeUnit.SECONDS.toNanos(20));
    assertThat(client.received()).isEqualTo("PING\nPING\n");
    assertThat(client.isClosed()).isFalse();
    server.simulation().runFor(TimeUnit.SECONDS.toNanos(10));
    assertThat(client.received()).isEqualTo("-ERR 'Stale Connection'\n");
    assertThat(client.isClosed()).isTrue();
    assertThat(server.context().connections()).isZero();
  }

  @Test
  void clientThatAnswersOrSendsStaysAndIsPingedOnlyWhenQuiet() {
    SimulatedServer server = new SimulatedServer(1, 1, "ping_interval: \"10s\", ping_max: 1");
    SimulatedClient client = server.client(0).send(QUIET);
    server.simulation().runFor(TimeUnit.SECONDS.toNanos(3));
    client.send("PONG\n");
    assertThat(client.received()).isEqualTo("PING\n");
    for (int second = 0; second < 100; second += 5) {
      client.send("PUB a 0\n\n");
      server.simulation().runFor(TimeUnit.SECONDS.toNanos(5));
    }
    assertThat(client.received()).isEmpty();
    server.simulation().runFor(TimeUnit.SECONDS.toNanos(15));
    assertThat(client.received()).isEqualTo("PING\n");
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void clientThatMustLogInHasTheConfiguredTime() {
    SimulatedServer server =
        new SimulatedServer(1, 1, "authorization { token: x, timeout: \"3s\" }");
    SimulatedClient client = server.client(0);
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(2_999));
    assertThat(client.isClosed()).isFalse();
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(client.received()).isEqualTo("-ERR 'Authentication Timeout'\n");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void receiverThatNeverReadsIsClosedAtMaxPendingAndOthersAreNot() {
    SimulatedServer server = new SimulatedServer(1, 1, "max_pending: 1000000, max_payload: 100000");
    SimulatedClient slow = server.client(0).send(QUIET + "SUB a 1\n");
    SimulatedClient other = server.client(0).send(QUIET + "SUB a 1\n");
    SimulatedClient publisher = server.client(0).send(QUIET);
    slow.reads(false);
    for (int i = 0; i < 12; i++) {
      publisher.send("PUB a 99000\n" + "x".repeat(99_000) + "\n");
      server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(20));
    }
    assertThat(slow.isClosed()).isTrue();
    assertThat(slow.received()).doesNotContain("-ERR");
    assertThat(server.context().slowConsumers()).isEqualTo(1);
    assertThat(other.received().length()).isEqualTo(12 * ("MSG a 1 99000\n".length() + 99_001));
    assertThat(publisher.send("PING\n").received()).isEqualTo("PONG\n");
  }

  @Test
  void receiverThatDoesNotTakeAWriteInTimeIsClosed() {
    SimulatedServer server = new SimulatedServer(1, 1, "write_deadline: \"4s\"");
    SimulatedClient slow = server.client(0).send(QUIET + "SUB a 1\n");
    SimulatedClient publisher = server.client(0).send(QUIET);
    slow.reads(false);
    publisher.send("PUB a 2\nhi\n");
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(3_999));
    assertThat(slow.isClosed()).isFalse();
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(2));
    assertThat(slow.isClosed()).isTrue();
  }

  @Test
  void receiverThatTakesWritesNowAndThenIsNotClosed() {
    SimulatedServer server = new SimulatedServer(1, 1, "write_deadline: \"4s\"");
    SimulatedClient slow = server.client(0).send(QUIET + "SUB a 1\n");
    SimulatedClient publisher = server.client(0).send(QUIET);
    for (int i = 0; i < 5; i++) {
      slow.reads(false);
      publisher.send("PUB a 2\nhi\n");
      server.simulation().runFor(TimeUnit.SECONDS.toNanos(3));
      slow.reads(true);
    }
    assertThat(slow.isClosed()).isFalse();
    assertThat(slow.received().replace("PING\n", "")).isEqualTo("MSG a 1 2\nhi\n".repeat(5));
  }

  @Test
  void publisherPausesAMomentWhenAReceiverIsBehindAndGoesOn() {
    SimulatedServer server = new SimulatedServer(1, 1, "max_pending: 1000000, max_payload: 100000");
    SimulatedClient slow = server.client(0).send(QUIET + "SUB a 1\n");
    SimulatedClient publisher = server.client(0).send(QUIET);
    slow.reads(false);
    String message = "PUB a 99000\n" + "x".repeat(99_000) + "\n";
    publisher.send(message.repeat(8));
    assertThat(publisher.pauses()).isZero();
    publisher.send(message + "PING\n");
    assertThat(publisher.isPaused()).isTrue();
    assertThat(publisher.received()).isEmpty();
    server.simulation().runFor(TimeUnit.MILLISECONDS.toNanos(10));
    assertThat(publisher.received()).isEqualTo("PONG\n");
    assertThat(publisher.isPaused()).isFalse();
  }

  @Test
  void senderIsToldOfCongestionAndCalledOnceWhenItIsOver() {
    SimulatedServer server = new SimulatedServer(1, 1, "");
    SimulatedClient receiver = server.client(0).send(QUIET + "SUB in.> 1\n");
    receiver.reads(false);
    List<Delivery> deliveries = new ArrayList<>();
    int[] drained = new int[1];
    MessageFrame frame =
        new MessageFrame().set(Subject.bytes("stored"), OutputBuffer.NO_BYTES, new byte[100_000]);
    server.on(
        0,
        () -> {
          for (int i = 0; i < 11; i++) {
            deliveries.add(server.router().send(Subject.bytes("in.x"), frame, () -> drained[0]++));
          }
          deliveries.add(server.router().send(Subject.bytes("no.body"), frame, null));
        });
    server.simulation().runReady();
    assertThat(deliveries.subList(0, 10)).containsOnly(Delivery.SENT);
    assertThat(deliveries.subList(10, 12))
        .containsExactly(Delivery.CONGESTED, Delivery.NO_INTEREST);
    assertThat(drained[0]).isZero();
    receiver.reads(true);
    assertThat(drained[0]).isEqualTo(1);
    assertThat(receiver.received()).startsWith("MSG stored 1 100000\n");
  }

  @Test
  void senderIsCalledWhenTheCongestedReceiverGoes() {
    SimulatedServer server = new SimulatedServer(1, 2, "");
    SimulatedClient receiver = server.client(1).send(QUIET + "SUB in.> 1\n");
    receiver.reads(false);
    boolean[] calledOnLoop = new boolean[1];
    MessageFrame frame =
        new MessageFrame().set(Subject.bytes("stored"), OutputBuffer.NO_BYTES, new byte[2 << 20]);
    server.on(
        0,
        () ->
            assertThat(
                    server
                        .router()
                        .send(
                            Subject.bytes("in.x"),
                            frame,
                            () -> calledOnLoop[0] = server.loop(0).loop().inLoop()))
                .isEqualTo(Delivery.CONGESTED));
    server.simulation().runReady();
    assertThat(calledOnLoop[0]).isFalse();
    receiver.hangUp();
    assertThat(calledOnLoop[0]).isTrue();
  }

  @Test
  void nothingIsKeptOfAClientThatHangsUp() {
    SimulatedServer server = new SimulatedServer(1, 2, "");
    SimulatedClient client =
        server.client(0).send(QUIET + "SUB a 1\nSUB b.> q 2\nSUB _INBOX.x.* 3\n");
    server.on(1, () -> assertThat(server.router().subscribers(server.loop(1))).isEqualTo(3));
    server.simulation().runReady();
    client.hangUp();
    for (int i = 0; i < 2; i++) {
      int loop = i;
      server.on(i, () -> assertThat(server.router().subscribers(server.loop(loop))).isZero());
    }
    server.simulation().runReady();
    assertThat(server.loop(0).connections()).isEmpty();
    assertThat(server.context().connections()).isZero();
  }

  private static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
