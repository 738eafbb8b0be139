// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.NameTakenException;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.Restart;
import dev.slipstream.worker.StartFailedException;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.WorkerRef;
import dev.slipstream.worker.WorkerStatus;
import dev.slipstream.worker.Workers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the documentation of Elixir's PullConsumer says of it, said of workers, on the public server
 * and on ours.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ElixirWorkerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** On the public server. */
  @Nested
  class OnThePublicServer extends Statements {
    @Override
    ServerProcess start(Path store) {
      return ServerProcess.natsServer().jetStream().start();
    }
  }

  /** On ours. */
  @Nested
  class OnOurServer extends Statements {
    @Override
    ServerProcess start(Path store) {
      return Tools.find().startOursOn(store);
    }
  }

  /** The statements; what a message is answered with is a function of it and of the state. */
  abstract static class Statements {
    private final Workers workers = Workers.create();
    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private ServerProcess server;
    private NatsClient nc;
    private PullConsumer consumer;

    abstract ServerProcess start(Path store);

    @BeforeEach
    void begin(@TempDir Path store, TestInfo test) {
      server = start(store);
      nc = NatsClient.connect(server.url());
      consumer =
          nc.jetStream()
              .createStream(StreamConfig.builder("TEST_STREAM").subjects("greetings").build())
              .createConsumer(
                  ConsumerConfig.builder()
                      .durableName("TEST_CONSUMER")
                      .ackPolicy(AckPolicy.EXPLICIT)
                      .build());
    }

    @AfterEach
    void end() {
      workers.close();
      nc.close();
      server.close();
    }

    /** The worker of the documentation. */
    private final class Greeter implements PullWorker<Integer, Integer> {
      private final Function<Integer, Init<Integer>> init;
      private final BiFunction<JsMessage, Integer, Reply<Integer>> answer;

      Greeter(
          Function<Integer, Init<Integer>> init,
          BiFunction<JsMessage, Integer, Reply<Integer>> answer) {
        this.init = init;
        this.answer = answer;
      }

      @Override
      public Init<Integer> init(Integer argument) {
        return init.apply(argument);
      }

      @Override
      public Reply<Integer> handleMessage(JsMessage message, Integer state) {
        Reply<Integer> reply = answer.apply(message, state);
        handled.add(message.text() + " with " + state);
        return reply;
      }

      @Override
      public ChildSpec childSpec(ChildSpec usual) {
        return usual.restart(Restart.TRANSIENT).shutdown(Duration.ofSeconds(10));
      }
    }

    private WorkerOptions.Builder options() {
      return WorkerOptions.builder().connection(nc).stream("TEST_STREAM")
          .consumer("TEST_CONSUMER")
          .connectionRetryTimeout(Duration.ofMillis(20));
    }

    private Greeter greeter(
        WorkerOptions options, BiFunction<JsMessage, Integer, Reply<Integer>> answer) {
      return new Greeter(start -> Init.ok(start, options), answer);
    }

    private Greeter acking() {
      return greeter(options().build(), (message, state) -> Reply.ack(state + 1));
    }

    private void publish(String... texts) {
      for (String text : texts) {
        nc.jetStream().publish("greetings", text.getBytes(StandardCharsets.UTF_8));
      }
    }

    private String nextHandled() throws InterruptedException {
      return Objects.requireNonNull(handled.poll(20, TimeUnit.SECONDS), "nothing was handled");
    }

    private void awaitFloor(long sequence) {
      Eventually.holds(
          PATIENCE, consumer::info, () -> consumer.info().ackFloor().streamSeq() == sequence);
    }

    @Test
    void e1AndE2AWorkerIsSupervisedBesideItsConnection() throws Exception {
      publish("hello");
      Greeter byName =
          greeter(options().connection("gnat").build(), (message, state) -> Reply.ack(state + 1));
      try (Supervisor tree =
          Supervisor.oneForOne()
              .child(
                  ChildSpec.connection(
                      "gnat", ClientOptions.builder().servers(server.url()).build()))
              .child(byName, 0)
              .start(workers)) {
        assertThat(nextHandled()).isEqualTo("hello with 0");
        assertThat(tree.status()).isEqualTo(WorkerStatus.RUNNING);
      }
      awaitFloor(1);
    }

    @Test
    void e3WhatIsMissingFailsTheStartAndIsNamedTogether() {
      Greeter careless =
          new Greeter(
              start -> Init.ok(start, WorkerOptions.builder().build()),
              (message, state) -> Reply.ack(state));
      assertThatThrownBy(() -> workers.start(careless, 0))
          .isInstanceOfSatisfying(
              StartFailedException.class,
              failure ->
                  assertThat(Objects.requireNonNull(failure.reason().cause()))
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessage("connection is missing, stream is missing, consumer is missing"));
    }

    @Test
    void e4TheDefaultsAreThoseOfTheDocumentation() {
      WorkerOptions usual =
          WorkerOptions.builder().connection("gnat").stream("S").consumer("C").build();
      assertThat(usual.connectionRetryTimeout()).isEqualTo(Duration.ofMillis(1000));
      assertThat(usual.connectionRetries()).isEqualTo(10);
      assertThat(usual.domain()).isEmpty();
      assertThatThrownBy(() -> options().inboxPrefix("_ME").build())
          .hasMessageContaining("inboxPrefix does not end with a dot");
    }

    @Test
    void e5AndE10AConsumerThatIsNotThereIsNotMadeAndEndsTheWorkerForTimeout() {
      Greeter lost =
          greeter(
              options().consumer("NOBODY").connectionRetries(3).build(),
              (message, state) -> Reply.ack(state));
      assertThat(workers.start(lost, 0).stopped().join())
          .isInstanceOfSatisfying(
              StopReason.Timeout.class,
              timeout -> {
                assertThat(timeout.attempts()).isEqualTo(4);
                assertThat(timeout.last()).isInstanceOf(ConsumerNotFoundException.class);
              });
      assertThat(nc.jetStream().stream("TEST_STREAM").consumerNames())
          .containsExactly("TEST_CONSUMER");
    }

    @Test
    void e6OptionsDependOnTheArgument() throws Exception {
      for (int i = 1; i <= 2; i++) {
        nc.jetStream()
            .createStream(StreamConfig.builder("TEST_STREAM_" + i).subjects("n." + i).build())
            .createConsumer(
                ConsumerConfig.builder()
                    .durableName("TEST_CONSUMER_" + i)
                    .ackPolicy(AckPolicy.EXPLICIT)
                    .build());
        nc.jetStream().publish("n." + i, ("of " + i).getBytes(StandardCharsets.UTF_8));
      }
      Greeter numbered =
          new Greeter(
              n ->
                  Init.ok(
                      n,
                      options().stream("TEST_STREAM_" + n).consumer("TEST_CONSUMER_" + n).build()),
              (message, state) -> Reply.ack(state));
      workers.start(numbered, 1);
      workers.start(numbered, 2);
      assertThat(List.of(nextHandled(), nextHandled()))
          .containsExactlyInAnyOrder("of 1 with 1", "of 2 with 2");
    }

    @Test
    void e7InitRunsBeforeTheStartReturnsAndMayIgnoreOrStop() {
      Greeter idle = new Greeter(start -> Init.ignore(), (message, state) -> Reply.ack(state));
      assertThat(workers.start(idle, 0).stopReason()).contains(new StopReason.Ignored());
      Greeter refusing =
          new Greeter(start -> Init.stop("no licence"), (message, state) -> Reply.ack(state));
      assertThatThrownBy(() -> workers.start(refusing, 0))
          .isInstanceOfSatisfying(
              StartFailedException.class,
              failure ->
                  assertThat(failure.reason()).isEqualTo(new StopReason.Refused("no licence")));
    }

    @Test
    void e8AndE9TheReplySaysWhatBecomesOfAMessageAndTheStateGoesAlong() throws Exception {
      BlockingQueue<JsMessage> unsettled = new LinkedBlockingQueue<>();
      Greeter deciding =
          greeter(
              options().build(),
              (message, state) ->
                  switch (message.text()) {
                    case "nack" ->
                        message.info().delivered() == 1
                            ? Reply.nack(state + 1)
                            : Reply.ack(state + 1);
                    case "term" -> Reply.term(state + 1);
                    case "none" -> {
                      unsettled.add(message);
                      yield Reply.none(state + 1);
                    }
                    default -> Reply.ack(state + 1);
                  });
      publish("ack", "term", "none", "nack");
      workers.start(deciding, 0);
      assertThat(nextHandled()).isEqualTo("ack with 0");
      assertThat(nextHandled()).isEqualTo("term with 1");
      assertThat(nextHandled()).isEqualTo("none with 2");
      assertThat(nextHandled()).isEqualTo("nack with 3");
      assertThat(nextHandled()).isEqualTo("nack with 4");
      Eventually.holds(PATIENCE, consumer::info, () -> consumer.info().numAckPending() == 1);
      assertThat(unsettled.take().ack()).isTrue();
      awaitFloor(4);
      assertThat(consumer.info().delivered().consumerSeq()).isEqualTo(5);
    }

    @Test
    void e11CloseStopsTheWorkerForShutdown() {
      WorkerRef ref = workers.start(acking(), 0);
      ref.close();
      assertThat(ref.stopReason()).contains(new StopReason.Shutdown());
      assertThat(ref.status()).isEqualTo(WorkerStatus.STOPPED);
    }

    @Test
    void e13TheIdIsTheClassAndTheClassSaysHowItIsTreated() {
      ChildSpec spec = ChildSpec.of(acking(), 0);
      assertThat(spec.id()).isEqualTo(Greeter.class.getName());
      assertThat(spec.restart()).isEqualTo(Restart.TRANSIENT);
      assertThat(spec.shutdown()).isEqualTo(Duration.ofSeconds(10));
      PullWorker<Void, Integer> plain =
          new PullWorker<>() {
            @Override
            public Init<Integer> init(Void nothing) {
              return Init.ignore();
            }

            @Override
            public Reply<Integer> handleMessage(JsMessage message, Integer state) {
              return Reply.ack(state);
            }
          };
      assertThat(ChildSpec.of(plain).restart())
          .isEqualTo(Restart.PERMANENT); // and E15: no argument
    }

    @Test
    void e14AndE16AWorkerIsFoundByTheNameThatItsSpecificationGives() {
      ChildSpec spec = ChildSpec.of(acking(), 41).name("my_consumer");
      WorkerRef ref = workers.start(spec);
      assertThat(workers.find("my_consumer").orElseThrow().id()).isEqualTo(ref.id());
      assertThatThrownBy(() -> workers.start(ChildSpec.of(acking(), 0).name("my_consumer")))
          .isInstanceOfSatisfying(
              StartFailedException.class,
              failure ->
                  assertThat(failure.reason().cause())
                      .isInstanceOf(NameTakenException.class)
                      .hasMessageContaining(ref.id()));
    }

    @Test
    void e17TheBytesOfTheOriginal() throws Exception {
      try (SyncSubscription all = nc.subscribeSync("$JS.>")) {
        nc.flush(PATIENCE);
        publish("ack", "nack", "term");
        WorkerOptions original = options().bareNext(true).inboxPrefix("_ME.").build();
        workers.start(
            greeter(
                original,
                (message, state) ->
                    switch (message.text()) {
                      case "term" -> Reply.term(state);
                      case "nack" ->
                          message.info().delivered() == 1 ? Reply.nack(state) : Reply.ack(state);
                      default -> Reply.ack(state);
                    }),
            0);
        Message pull = nextTo(all, "$JS.API.CONSUMER.MSG.NEXT.TEST_STREAM.TEST_CONSUMER");
        String inbox = Objects.requireNonNull(pull.reply());
        assertThat(inbox).startsWith("_ME.");
        byte[] body = pull.payload();
        assertThat(PullRequest.parse(body, 0, body.length))
            .isEqualTo(
                PullRequest.builder(1)
                    .expiresNanos(5_000_000_000L)
                    .idleHeartbeatNanos(2_500_000_000L)
                    .build());
        String acks = "$JS.ACK.TEST_STREAM.TEST_CONSUMER.";
        Message ack = nextTo(all, acks + "1.1.1.");
        assertThat(ack.text()).isEqualTo("+NXT");
        assertThat(ack.reply()).startsWith("_ME.");
        assertThat(nextTo(all, acks + "1.2.2.").text()).isEqualTo("-NAK");
        Message first = nextTo(all, acks);
        Message second = nextTo(all, acks);
        assertThat(List.of(kind(first), kind(second)))
            .containsExactlyInAnyOrder("2.2 +NXT", "1.3 +TERM"); // delivered twice; not once more
        awaitFloor(3);
      }
    }

    /** How often it was delivered, of which message, and what was said of it. */
    private static String kind(Message ack) {
      String[] tokens = ack.subject().split("\\.");
      return tokens[4] + "." + tokens[5] + " " + ack.text();
    }

    private static Message nextTo(SyncSubscription all, String subjects)
        throws InterruptedException {
      while (true) {
        Message message = Objects.requireNonNull(all.poll(PATIENCE), "nothing to " + subjects);
        if (message.subject().startsWith(subjects)) {
          return message;
        }
      }
    }
  }
}
