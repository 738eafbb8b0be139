// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.PublishAck;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server as a process, killed with SIGKILL while it is published to. */
class KillTest {
  private static final int WINDOW = 256;
  private static final int CHECKED_EVERY = 100;

  @Test
  void nothingAcknowledgedIsLostOrTwiceAfterTenKills() throws Exception {
    run(10);
  }

  @Test
  @Tag("nightly")
  void nothingAcknowledgedIsLostOrTwiceAfterAThousandKills() throws Exception {
    run(1_000);
  }

  private static void run(int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(17);
    Map<Long, String> acknowledged = new HashMap<>();
    int next = 0;
    try (ServerProcess server = Tools.find().startOurs()) {
      try (NatsClient client = NatsClient.connect(server.url())) {
        client.jetStream().createStream(StreamConfig.builder("K").subjects("k").build());
      }
      for (int kill = 0; kill < kills; kill++) {
        int most = 500 + random.nextInt(5_000);
        next = publishUntilKilled(server, acknowledged, next, most);
        if ((kill + 1) % CHECKED_EVERY == 0) {
          check(server, new HashMap<>(acknowledged)); // a run that is cut off has told this much
        }
      }
      assertThat(acknowledged).hasSizeGreaterThan(kills * 100);
      check(server, acknowledged);
    }
  }

  /** Publishes with a window; the kill comes while the window is open. */
  private static int publishUntilKilled(
      ServerProcess server, Map<Long, String> acknowledged, int first, int count) throws Exception {
    int next = first;
    ArrayDeque<CompletableFuture<PublishAck>> open = new ArrayDeque<>();
    ArrayDeque<String> payloads = new ArrayDeque<>();
    // what the killed server has not answered stays unanswered: closing does not wait for it
    ClientOptions options =
        ClientOptions.builder().servers(server.url()).closeTimeout(Duration.ofMillis(1)).build();
    try (NatsClient client = NatsClient.connect(options)) {
      JetStream js = client.jetStream();
      for (int i = 0; i < count; i++) {
        String payload = "m" + next++;
        payloads.add(payload);
        open.add(js.publishAsync("k", payload.getBytes(StandardCharsets.UTF_8)));
        if (open.size() == WINDOW) {
          note(acknowledged, open.remove().join(), payloads.remove());
        }
      }
      server.killAndRestart();
      while (!open.isEmpty()) {
        CompletableFuture<PublishAck> ack = open.remove();
        String payload = payloads.remove();
        // what was acknowledged before the kill has arrived or never will
        if (ack.isDone() && !ack.isCompletedExceptionally()) {
          note(acknowledged, ack.join(), payload);
        }
      }
    } catch (CompletionException | NatsException unknownOutcome) {
      // the publish was cut off: it may be stored or not
    }
    return next;
  }

  private static void note(Map<Long, String> acknowledged, PublishAck ack, String payload) {
    assertThat(acknowledged.put(ack.sequence(), payload))
        .as("two messages at %d", ack.sequence())
        .isNull();
  }

  private static void check(ServerProcess server, Map<Long, String> acknowledged) {
    try (NatsClient client = NatsClient.connect(server.url())) {
      PullConsumer all =
          client.jetStream().stream("K")
              .createConsumer(ConsumerConfig.builder().ackPolicy(AckPolicy.NONE).build());
      long stored = all.info().numPending();
      Set<String> seen = new HashSet<>();
      long read = 0;
      while (read < stored) {
        for (JsMessage message : all.fetch(Fetch.of(1_000).within(Duration.ofSeconds(2)))) {
          String payload = new String(message.payload(), StandardCharsets.UTF_8);
          assertThat(seen.add(payload)).as("%s is there twice", payload).isTrue();
          String known = acknowledged.remove(message.info().streamSequence());
          assertThat(known == null || known.equals(payload)).isTrue();
          read++;
        }
      }
      assertThat(acknowledged).as("acknowledged and not there").isEmpty();
    }
  }
}
