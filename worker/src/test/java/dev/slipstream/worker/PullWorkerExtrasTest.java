// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Status;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What workers are told of pulls, what they make themselves, and the words of the original. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWorkerExtrasTest extends WorkerFixture {

  /** Acks everything and notes the statuses that it hears of, with the state they meet. */
  private static final class Listening extends Recorder {
    final LinkedBlockingQueue<Status> statuses = new LinkedBlockingQueue<>();
    final List<Integer> met = new CopyOnWriteArrayList<>();

    Listening(WorkerOptions options) {
      super(options, (message, state) -> Reply.ack(state));
    }

    @Override
    public Integer handleStatus(Status status, Integer state) {
      met.add(state);
      statuses.add(status);
      return state + 100;
    }
  }

  @Test
  void statusesAreToldBetweenMessages() throws Exception {
    consumer(ACK_WAIT_NANOS);
    Listening listening =
        new Listening(
            options()
                .requestExpires(Duration.ofSeconds(1))
                .idleHeartbeat(Duration.ofMillis(500))
                .build());
    workers.start(listening, 0);
    assertThat(listening.statuses.take().code()).isEqualTo(100);
    assertThat(listening.statuses.take().code()).isIn(100, 408);
    publish(1);
    listening.awaitHandled(1);
    assertThat(listening.met).startsWith(0, 100);
    assertThat(listening.states.get(0)).isGreaterThanOrEqualTo(200);
  }

  @Test
  void aDeletedConsumerIsMadeAgainAndGoesOnBehindWhatWasHandled() {
    StreamConfig stream = StreamConfig.builder(name).subjects(name + ".>").build();
    ConsumerConfig config =
        ConsumerConfig.builder().durableName("C").ackPolicy(AckPolicy.EXPLICIT).build();
    Recorder recorder =
        new Recorder(
            options().createStream(stream).createConsumer(config).build(),
            (message, state) -> Reply.ack(state));
    workers.start(recorder, 0);
    recorder.awaitConnected(1);
    publish(3);
    recorder.awaitHandled(3);
    PullConsumer consumer = js().consumer(name, "C");
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 3);
    consumer.delete();
    recorder.awaitConnected(2);
    js().publish(name + ".4", "4".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    recorder.awaitHandled(1);
    assertThat(recorder.texts()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aConsumerThatExistsStaysAsItIs() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    ConsumerConfig other =
        ConsumerConfig.builder()
            .durableName("C")
            .ackPolicy(AckPolicy.EXPLICIT)
            .ackWaitNanos(TimeUnit.SECONDS.toNanos(7))
            .build();
    publish(1);
    Recorder recorder =
        new Recorder(options().createConsumer(other).build(), (message, state) -> Reply.ack(state));
    workers.start(recorder, 0);
    recorder.awaitHandled(1);
    assertThat(consumer.info().config().ackWaitNanos()).isEqualTo(ACK_WAIT_NANOS);
  }

  @Test
  void theWordsOfTheOriginalCanBeHad() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    try (SyncSubscription acks = client.subscribeSync("$JS.ACK." + name + ".>")) {
      client.flush(Duration.ofSeconds(10));
      Recorder recorder =
          new Recorder(options().bareNext(true).build(), (message, state) -> Reply.ack(state));
      WorkerRef ref = workers.start(recorder, 0);
      recorder.awaitHandled(2);
      for (int i = 0; i < 2; i++) {
        assertThat(Objects.requireNonNull(acks.poll(Duration.ofSeconds(10))).text())
            .isEqualTo("+NXT");
      }
      publish(1); // for the pull that the last ack made
      recorder.awaitHandled(1);
      awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 3);
      assertThat(ref.status()).isEqualTo(WorkerStatus.RUNNING);
    }
  }

  @Test
  void optionsThatDoNotGoTogetherAreAllNamed() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () ->
                    options()
                        .batchSize(0)
                        .orderedBy(JsMessage::subject)
                        .requestExpires(Duration.ofMillis(900))
                        .idleHeartbeat(Duration.ofSeconds(4))
                        .bareNext(true)
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "batchSize is not positive: 0, requestExpires is below 1 s: PT0.9S,"
                + " idleHeartbeat is more than half of requestExpires: PT4S,"
                + " orderedBy needs a parallelism of more than 1,"
                + " bareNext asks for one message at a time");
  }
}
