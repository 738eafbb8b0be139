// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A consumption goes on when the leader of its consumer changes, in a cluster of three servers. */
@SuppressWarnings("NullAway.Init")
class ClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ConsumeOptions QUICK_TO_NOTICE =
      ConsumeOptions.builder().heartbeat(Duration.ofSeconds(1)).build();

  private static NatsCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new NatsCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** Publishes without end and notes what a consumption handles. */
  private static final class Traffic implements AutoCloseable {
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Set<Long> handled = ConcurrentHashMap.newKeySet();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong lastHandledNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final Consumption consumption;
    private final Thread publisher;

    Traffic(JetStream js, PullConsumer consumer) {
      consumption = consumer.consume(QUICK_TO_NOTICE, this::handle);
      publisher = new Thread(() -> publish(js, consumer.stream() + ".x"));
      publisher.start();
    }

    private void handle(JsMessage message) {
      long now = System.nanoTime();
      longestGapNanos.accumulateAndGet(now - lastHandledNanos.getAndSet(now), Math::max);
      message.ack();
      handled.add(message.info().streamSequence());
    }

    private void publish(JetStream js, String subject) {
      while (running.get()) {
        try {
          published.set(js.publish(subject, new byte[10]).sequence());
        } catch (NatsException noLeader) {
          // tried again; a message that was stored all the same is one more to handle
        }
      }
    }

    /** The last message that was acknowledged to have been stored. */
    long published() {
      return published.get();
    }

    void awaitHandled(long sequence) {
      Eventually.holds(PATIENCE, () -> "handles " + sequence, () -> handled.contains(sequence));
    }

    /** The longest time without a message since this was asked the last time. */
    Duration longestGap() {
      return Duration.ofNanos(longestGapNanos.getAndSet(0));
    }

    /** Ends publishing, and answers when all that was published is handled. */
    void finish() throws InterruptedException {
      running.set(false);
      publisher.join();
      for (long sequence = 1; sequence <= published(); sequence++) {
        awaitHandled(sequence);
      }
    }

    @Override
    public void close() {
      running.set(false);
      consumption.stop();
    }
  }

  @Test
  void aLeaderStepsDown() throws Exception {
    try (NatsClient nc = NatsClient.connect(cluster.urls(cluster.any()))) {
      JsStream stream = NatsCluster.replicated(nc.jetStream(), "STEP");
      PullConsumer consumer = stream.createConsumer(Consumers.durable("c").build());
      try (Traffic traffic = new Traffic(nc.jetStream(), consumer)) {
        traffic.awaitHandled(100);
        traffic.longestGap();
        for (int round = 0; round < 3; round++) {
          String before = leader(consumer);
          nc.request("$JS.API.CONSUMER.LEADER.STEPDOWN.STEP.c", null, Duration.ofSeconds(5));
          awaitOtherLeader(consumer, before);
          traffic.awaitHandled(traffic.published());
          assertThat(traffic.longestGap()).isLessThan(Duration.ofSeconds(1));
        }
        traffic.finish();
      }
    }
  }

  @Test
  void theServerOfTheLeaderIsKilled() throws Exception {
    JsStream stream;
    String leader;
    try (NatsClient nc = NatsClient.connect(cluster.any().url())) {
      stream = NatsCluster.replicated(nc.jetStream(), "KILL");
      leader = leader(stream.createConsumer(Consumers.durable("c").build()));
    }
    ServerProcess killed = cluster.named(leader);
    ClientOptions elsewhere =
        ClientOptions.builder().servers(cluster.urls(killed)).keepServerOrder(true).build();
    try (NatsClient nc = NatsClient.connect(elsewhere);
        Traffic traffic = new Traffic(nc.jetStream(), nc.jetStream().bindConsumer("KILL", "c"))) {
      traffic.awaitHandled(100);
      killed.kill();
      awaitOtherLeader(nc.jetStream().bindConsumer("KILL", "c"), leader);
      long since = System.nanoTime();
      traffic.awaitHandled(traffic.published());
      // what a lost pull costs: two heartbeats, and a look at the consumer
      assertThat(System.nanoTime() - since).isLessThan(TimeUnit.SECONDS.toNanos(5));
      traffic.finish();
    } finally {
      killed.start();
    }
  }

  @Test
  void theServerOfTheClientIsKilled() throws Exception {
    ServerProcess killed = cluster.any();
    CountDownLatch moved = new CountDownLatch(1);
    ClientOptions here =
        ClientOptions.builder()
            .servers(killed.url()) // the others are discovered
            .onEvent(
                event -> {
                  if (event instanceof ClientEvent.Reconnected) {
                    moved.countDown();
                  }
                })
            .build();
    try (NatsClient nc = NatsClient.connect(here)) {
      JsStream stream = NatsCluster.replicated(nc.jetStream(), "MOVE");
      PullConsumer consumer = stream.createConsumer(Consumers.durable("c").build());
      try (Traffic traffic = new Traffic(nc.jetStream(), consumer)) {
        traffic.awaitHandled(100);
        killed.kill();
        assertThat(moved.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        traffic.awaitHandled(traffic.published() + 1);
        traffic.finish();
      } finally {
        killed.start();
      }
    }
  }

  private static String leader(PullConsumer consumer) throws Exception {
    return awaitOtherLeader(consumer, "");
  }

  private static String awaitOtherLeader(PullConsumer consumer, String than) throws Exception {
    return Eventually.succeeds(
        PATIENCE,
        () -> {
          String now = Objects.requireNonNull(consumer.info().cluster()).leader();
          assertThat(now).isNotEmpty().isNotEqualTo(than);
          return now;
        });
  }
}
