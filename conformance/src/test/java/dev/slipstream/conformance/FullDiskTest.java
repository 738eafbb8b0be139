// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipstream.client.Fetch;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that fills up while a server publishes to it: a real one, of 64 MiB. */
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Pattern SEQUENCE = Pattern.compile("\"seq\":([1-9]\\d*)");
  private static final int PAYLOAD_BYTES = 32 << 10;
  private static final int MOST = 4_000;
  private static final int WINDOW = 16;

  @TempDir Path directory;
  private Path store;
  private boolean mounted;
  private ServerProcess server;
  private NatsClient client;
  private final TreeMap<Long, Integer> acknowledged = new TreeMap<>();
  private int published;
  private int silent;
  private String refusal = "";

  @BeforeEach
  void mountAndStart() throws Exception {
    store = directory.resolve("small");
    assertThat(store.toFile().mkdir()).isTrue();
    mounted = run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", store.toString());
    assumeTrue(mounted, "a small file system needs Linux and the right to mount; not run here");
    server = Tools.find().startOursOn(store);
    client = NatsClient.connect(server.url());
    client.jetStream().createStream(StreamConfig.builder("F").subjects("f").build());
  }

  @AfterEach
  void stopAndUnmount() throws Exception {
    try {
      if (client != null) {
        client.close();
      }
      if (server != null) {
        server.close();
      }
    } finally {
      if (mounted && !run("umount", store.toString())) {
        assertThat(run("umount", "-l", store.toString())).as("%s is unmounted", store).isTrue();
      }
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }

  /** Publishes until one is refused, or not answered; notes what was acknowledged. */
  private void publishUntilFull() {
    ArrayDeque<CompletableFuture<Message>> open = new ArrayDeque<>();
    int first = published;
    while (published < MOST && refusal.isEmpty() && silent == 0) {
      open.add(client.requestAsync("f", payload(published++)).orTimeout(2, TimeUnit.SECONDS));
      if (open.size() == WINDOW) {
        note(open.remove(), first++);
      }
    }
    while (!open.isEmpty()) {
      note(open.remove(), first++);
    }
    assertThat(published).as("the file system never filled up").isLessThan(MOST);
  }

  private void note(CompletableFuture<Message> answer, int number) {
    String text;
    try {
      text = new String(answer.join().payload(), StandardCharsets.UTF_8);
    } catch (CompletionException timeout) {
      silent++;
      return;
    }
    Matcher sequence = SEQUENCE.matcher(text);
    if (text.contains("\"error\"")) {
      refusal = text;
    } else {
      assertThat(sequence.find()).as(text).isTrue();
      acknowledged.put(Long.parseLong(sequence.group(1)), number);
    }
  }

  private static byte[] payload(int number) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    java.util.Arrays.fill(payload, (byte) number);
    byte[] head = (number + " ").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, payload, 0, head.length);
    return payload;
  }

  /** Publishes until one is acknowledged again; answers after how many milliseconds. */
  private long millisUntilPublishable() {
    long began = System.nanoTime();
    while (System.nanoTime() - began < 20_000_000_000L) {
      int before = acknowledged.size();
      silent = 0;
      note(
          client.requestAsync("f", payload(published)).orTimeout(20, TimeUnit.SECONDS),
          published++);
      if (acknowledged.size() > before) {
        break;
      }
    }
    return (System.nanoTime() - began) / 1_000_000;
  }

  private void checkAllThere() {
    JsStream stream = client.jetStream().stream("F");
    acknowledged.forEach(
        (seq, number) ->
            assertThat(stream.message(seq).orElseThrow().payload())
                .as("acknowledged as %d", seq)
                .isEqualTo(payload(number)));
  }

  /** Makes room, expects a publish to be acknowledged within a second, and that nothing is lost. */
  private void checkRoomIsUsed() throws Exception {
    assertThat(run("mount", "-o", "remount,size=400m", store.toString())).isTrue();
    long millis = millisUntilPublishable();
    System.out.println("published again " + millis + " ms after there was room");
    assertThat(millis).isLessThan(1_000);
    killAndConnect();
    checkAllThere();
  }

  private void killAndConnect() {
    client.close();
    server.killAndRestart();
    client = NatsClient.connect(server.url());
  }

  @Test
  void nothingAcknowledgedIsLostAndPublishingGoesOnWhenThereIsRoomAgain() throws Exception {
    publishUntilFull();
    assertThat(acknowledged).hasSizeGreaterThan(50);
    killAndConnect();
    checkAllThere();
    checkRoomIsUsed();
  }

  @Test
  void roomThatComesBackWhileTheServerRunsIsUsedWithinASecond() throws Exception {
    publishUntilFull();
    checkRoomIsUsed();
  }

  @Test
  void serverEndsWhenAskedToWhileTheFileSystemIsFull() throws Exception {
    publishUntilFull();
    long began = System.nanoTime();
    server.restart();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    client.close();
    client = NatsClient.connect(server.url());
    checkAllThere();
  }

  @Test
  void publishesAreRefusedAndEverythingElseGoesOn() throws Exception {
    PullConsumer consumer =
        client.jetStream().stream("F")
            .createConsumer(
                ConsumerConfig.builder().durableName("c").ackPolicy(AckPolicy.EXPLICIT).build());
    publishUntilFull();
    assertThat(silent).as("publishes without an answer").isZero();
    assertThat(refusal).containsAnyOf("\"err_code\":10077", "\"err_code\":10047");
    int taken = 0;
    for (JsMessage message : consumer.fetch(Fetch.of(20).within(PATIENCE))) {
      message.ackConfirmed(PATIENCE);
      taken++;
    }
    assertThat(taken).isEqualTo(20);
    JsStream stream = client.jetStream().stream("F");
    assertThat(stream.deleteMessage(1)).isTrue();
    acknowledged.remove(1L);
    assertThat(stream.purge()).isEqualTo(acknowledged.size());
    acknowledged.clear();
    assertThat(millisUntilPublishable()).isLessThan(1_000);
    killAndConnect();
    checkAllThere();
    assertThat(client.jetStream().stream("F").message(1)).isEmpty();
  }
}
