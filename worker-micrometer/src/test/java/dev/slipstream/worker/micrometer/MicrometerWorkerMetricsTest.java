// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.testkit.SharedServer;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.Workers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters of workers that work against a running server. */
@Timeout(60)
class MicrometerWorkerMetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension private static final SharedServer server = new SharedServer();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Workers workers =
      Workers.builder()
          .metrics(new MicrometerWorkerMetrics(registry, Tags.of("app", "test")))
          .build();
  private String name = "";

  /** Answers a message as its text says. */
  private record Obedient(String stream) implements PullWorker<Void, Long> {
    @Override
    public Init<Long> init(Void nothing) {
      return Init.ok(
          0L, WorkerOptions.builder().connection("gnat").stream(stream).consumer("C").build());
    }

    @Override
    public Reply<Long> handleMessage(JsMessage message, Long handled) {
      return switch (message.text()) {
        case "ack" -> Reply.ack(handled + 1);
        case "nack" -> Reply.nack(handled, Duration.ofHours(1));
        case "term" -> Reply.term(handled);
        case "none" -> Reply.none(handled);
        default -> throw new IllegalStateException("on purpose");
      };
    }
  }

  @BeforeEach
  void prepare(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    try (NatsClient client = NatsClient.connect(server.url())) {
      client
          .jetStream()
          .createStream(StreamConfig.builder(name).subjects(name).build())
          .createConsumer(Consumers.durable("C").build());
    }
  }

  @AfterEach
  void close() {
    workers.close();
  }

  private void publish(String... texts) {
    try (NatsClient client = NatsClient.connect(server.url())) {
      for (String text : texts) {
        client.jetStream().publish(name, text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private Supervisor tree(int maxRestarts) {
    return Supervisor.oneForOne()
        .maxRestarts(maxRestarts, Duration.ofHours(1))
        .child(ChildSpec.connection("gnat", ClientOptions.of(server.url())))
        .child(ChildSpec.of(new Obedient(name)).id("w"))
        .start(workers);
  }

  private double counter(String meter, String... tags) {
    return registry.find("nats.worker." + meter).tag("app", "test").tags(tags).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private double lives(String child, String status) {
    return registry.get("nats.worker.lives").tags("child", child, "status", status).gauge().value();
  }

  private long handled(String outcome) {
    return registry.get("nats.worker.handling").tags("outcome", outcome).timer().count();
  }

  private void await(BooleanSupplier condition) {
    Eventually.holds(PATIENCE, registry::getMetersAsString, condition);
  }

  @Test
  void messagesAreTimedByOutcome() {
    Supervisor tree = tree(10);
    publish("ack", "ack", "nack", "term", "none", "?");
    await(() -> counter("restarts", "child", "w") == 1);
    assertThat(handled("ack")).isEqualTo(2);
    assertThat(handled("nack")).isEqualTo(1);
    assertThat(handled("term")).isEqualTo(1);
    assertThat(handled("none")).isEqualTo(1);
    assertThat(handled("failed")).isEqualTo(1);
    assertThat(
            registry
                .get("nats.worker.handling")
                .tag("outcome", "ack")
                .timer()
                .max(TimeUnit.MINUTES))
        .isPositive()
        .isLessThan(1);
    tree.close();
  }

  @Test
  void livesAreGaugesByStatusAndTheirEndsAreCountedByReason() {
    Supervisor tree = tree(10);
    await(() -> lives("w", "running") == 1 && lives("gnat", "running") == 1);
    assertThat(lives(tree.id(), "running")).isEqualTo(1);
    assertThat(lives("w", "connecting")).isZero();
    publish("?");
    await(() -> counter("stops", "child", "w", "reason", "Failed") == 1);
    await(() -> lives("w", "running") == 1);
    assertThat(counter("restarts", "supervisor", tree.id(), "child", "w")).isEqualTo(1);
    assertThat(counter("starts", "child", "w")).isEqualTo(2);
    assertThat(counter("starts", "child", "gnat")).isEqualTo(1);
    tree.close();
    await(() -> counter("stops", "reason", "Shutdown") == 3);
    assertThat(lives("w", "running")).isZero();
    assertThat(lives("w", "stopping")).isZero();
    assertThat(counter("supervisors.gave.up")).isZero();
  }

  @Test
  void aSupervisorThatGivesUpIsCounted() {
    Supervisor tree = tree(0);
    publish("?");
    tree.stopped().join();
    await(() -> counter("supervisors.gave.up", "supervisor", tree.id()) == 1);
    await(() -> counter("stops", "child", tree.id(), "reason", "RestartsExceeded") == 1);
    assertThat(counter("restarts")).isZero();
  }

  @Test
  void attemptsThatFailAreCounted() {
    ClientOptions nowhere = ClientOptions.of("nats://127.0.0.1:" + ServerProcess.freePort());
    workers.start(ChildSpec.connection("gnat", nowhere));
    workers.start(ChildSpec.of(new Obedient(name)).id("w"));
    await(() -> counter("attempts.failed", "child", "gnat") > 0);
    await(() -> counter("attempts.failed", "child", "w") > 0);
    assertThat(lives("w", "connecting")).isEqualTo(1);
  }

  @Test
  void behindABoundMetersAreShared() {
    MicrometerWorkerMetrics few = new MicrometerWorkerMetrics(registry, List.of(), 2);
    for (String child : List.of("a", "b", "c", "d")) {
      few.handling(child).handled(Reply.Action.ACK, 1);
      few.attemptFailed(child, new IllegalStateException("on purpose"));
    }
    assertThat(registry.find("nats.worker.attempts.failed").counters())
        .extracting(counter -> counter.getId().getTag("child"), counter -> (int) counter.count())
        .containsExactlyInAnyOrder(tuple("a", 1), tuple("b", 1), tuple("other", 2));
    assertThat(registry.find("nats.worker.handling").tag("outcome", "ack").timers())
        .extracting(timer -> timer.getId().getTag("child"))
        .containsExactlyInAnyOrder("a", "b", "other");
  }
}
