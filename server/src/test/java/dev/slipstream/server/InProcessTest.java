// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InProcessTest {
  private static final String QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false}\n";

  /** Collects what comes, and finds text in it. */
  private static final class Collector implements Transport.Receiver {
    private final LinkedBlockingQueue<String> chunks = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger concurrent = new AtomicInteger();
    private final StringBuilder text = new StringBuilder();

    @Override
    public void onBytes(byte[] bytes, int from, int to) {
      assertThat(concurrent.incrementAndGet()).isEqualTo(1);
      chunks.add(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
      concurrent.decrementAndGet();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      closed.countDown();
    }

    String await(String end) throws InterruptedException {
      while (!text.toString().endsWith(end.replace("\n", "\r\n"))) {
        String chunk = chunks.poll(10, TimeUnit.SECONDS);
        assertThat(chunk).as("after: %s", text).isNotNull();
        text.append(chunk);
      }
      String all = text.toString().replaceAll("INFO [^\n]*\n", "").replace("\r\n", "\n");
      text.setLength(0);
      return all;
    }
  }

  private static void send(Transport transport, String words) {
    byte[] bytes = words.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(transport.send(bytes, 0, bytes.length)).isTrue();
  }

  @Test
  void clientWithoutASocketSpeaksToOneWithASocket() throws InterruptedException {
    try (SlipstreamServer server = SlipstreamServer.builder().loops(2).start();
        WireClient socket = new WireClient(server.port());
        Transport transport = server.connectInProcess()) {
      Collector collector = new Collector();
      transport.start(collector);
      send(transport, QUIET + "SUB in.* 1\nPING\n");
      assertThat(collector.await("PONG\n")).isEqualTo("PONG\n");
      socket.send(QUIET + "SUB out 1\nPUB in.x 2\nhi\n").sync();
      send(transport, "PUB out 3\nyes\nPING\n");
      assertThat(collector.await("PONG\n")).isEqualTo("MSG in.x 1 2\nhi\nPONG\n");
      socket.await("MSG out 1 3\nyes\n");
      assertThat(transport.pendingBytes()).isZero();
    }
  }

  @Test
  void serverWithoutAPortIsReachedInProcess() throws InterruptedException {
    try (SlipstreamServer server = SlipstreamServer.builder().noPort().start()) {
      assertThat(server.port()).isZero();
      Transport transport = server.connectInProcess();
      Collector collector = new Collector();
      transport.start(collector);
      send(transport, QUIET + "SUB a 1\n");
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      for (int i = 0; i < 100_000; i++) {
        many.writeBytes("PUB a 4\r\nword\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      byte[] bytes = many.toByteArray();
      assertThat(transport.send(bytes, 0, bytes.length)).isTrue();
      send(transport, "PING\n");
      assertThat(collector.await("PONG\n").length())
          .isEqualTo(100_000 * "MSG a 1 4\nword\n".length() + 5);
      transport.close();
      assertThat(collector.closed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(transport.send(bytes, 0, 5)).isFalse();
    }
  }

  @Test
  void whatAClientHasSentBeforeItClosesIsHeard() throws InterruptedException {
    try (SlipstreamServer server = SlipstreamServer.builder().loops(2).noPort().start()) {
      Transport other = server.connectInProcess();
      Collector heard = new Collector();
      other.start(heard);
      send(other, QUIET + "SUB b 1\nPING\n");
      heard.await("PONG\n");
      for (int i = 0; i < 50; i++) {
        Transport hasty = server.connectInProcess();
        hasty.start(new Collector());
        send(hasty, QUIET + "SUB a 1\n");
        send(hasty, "UNSUB 1\nPUB b 1\nx\n");
        send(hasty, "PUB b 4\nlast\n");
        hasty.close();
        assertThat(heard.await("last\n")).isEqualTo("MSG b 1 1\nx\nMSG b 1 4\nlast\n");
      }
    }
  }

  @Test
  void clientIsToldWhenTheServerCloses() throws InterruptedException {
    SlipstreamServer server = SlipstreamServer.builder().noPort().start();
    Collector collector = new Collector();
    server.connectInProcess().start(collector);
    server.close();
    assertThat(collector.closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void errorIsHeardBeforeTheEnd() throws InterruptedException {
    try (SlipstreamServer server = SlipstreamServer.builder().noPort().start()) {
      Transport transport = server.connectInProcess();
      Collector collector = new Collector();
      transport.start(collector);
      send(transport, "NONSENSE\n");
      assertThat(collector.closed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(collector.await("'\n")).isEqualTo("-ERR 'Unknown Protocol Operation'\n");
    }
  }

  @Test
  void receiverThatBlocksHoldsUpOnlyItself() throws InterruptedException {
    try (SlipstreamServer server = SlipstreamServer.builder().noPort().loops(1).start()) {
      CountDownLatch release = new CountDownLatch(1);
      Transport blocked = server.connectInProcess();
      Collector behind = new Collector();
      blocked.start(
          new Transport.Receiver() {
            @Override
            public void onBytes(byte[] bytes, int from, int to) {
              try {
                assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
              }
              behind.onBytes(bytes, from, to);
            }

            @Override
            public void onClosed(@Nullable Throwable cause) {
              behind.onClosed(cause);
            }
          });
      send(blocked, QUIET + "SUB a 1\nPING\n");
      Transport other = server.connectInProcess();
      Collector collector = new Collector();
      other.start(collector);
      send(other, QUIET + "PUB a 1\nx\nPING\n");
      assertThat(collector.await("PONG\n")).isEqualTo("PONG\n");
      release.countDown();
      assertThat(behind.await("MSG a 1 1\nx\n")).contains("PONG\n");
    }
  }
}
