// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From looking for the consumer to the end: what a worker waits for, and what ends it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWorkerLifeTest extends WorkerFixture {
  @Test
  void aHandlerThatThrowsEndsTheLifeAndTheNextOneBeginsAnew() {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(3);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              if (message.text().equals("2") && message.info().delivered() == 1) {
                throw new IllegalStateException("cannot do two");
              }
              return Reply.ack(state);
            });
    Supervisor tree = Supervisor.oneForOne().child(recorder, 0).start(workers);
    recorder.awaitHandled(4);
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 3);
    assertThat(recorder.states).startsWith(0, 1).contains(0, 1);
    assertThat(recorder.inits).hasValue(2);
    ChildState child = tree.children().get(0);
    assertThat(child.starts()).isEqualTo(2);
    assertThat(Objects.requireNonNull(child.lastStop()).cause()).hasMessage("cannot do two");
    assertThat(recorder.terminated.join()).isInstanceOf(StopReason.Failed.class);
  }

  @Test
  void aMissingConsumerIsLookedForAndThenTheWorkerStopsForTimeout() {
    js().createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.stopped().join())
        .isInstanceOfSatisfying(
            StopReason.Timeout.class,
            timeout -> {
              assertThat(timeout.attempts()).isEqualTo(4);
              assertThat(timeout.last()).isInstanceOf(ConsumerNotFoundException.class);
            });
    assertThat(recorder.terminated).isCompletedWithValue(ref.stopReason().orElseThrow());
    assertThat(recorder.connected).hasValue(0);
  }

  @Test
  void aMissingStreamIsLookedForToo() {
    WorkerRef ref =
        workers.start(new Recorder(options().build(), (message, state) -> Reply.ack(state)), 0);
    assertThat(ref.stopped().join().cause()).isInstanceOf(StreamNotFoundException.class);
  }

  @Test
  void aConsumerThatIsMadeWhileItIsLookedForIsFound() {
    Recorder recorder =
        new Recorder(
            options().connectionRetries(1_000_000).build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    assertThat(ref.status()).isEqualTo(WorkerStatus.CONNECTING);
    consumer(ACK_WAIT_NANOS);
    publish(1);
    recorder.awaitHandled(1);
    assertThat(recorder.connected).hasValue(1);
  }

  @Test
  void aConsumerThatIsDeletedUnderItEndsItForTimeout() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(1);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    recorder.awaitHandled(1);
    awaitInfo(consumer, info -> info.numWaiting() == 1);
    assertThat(consumer.delete()).isTrue();
    assertThat(ref.stopped().join()).isInstanceOf(StopReason.Timeout.class);
  }

  @Test
  void closeLeavesNoPullBehindThatSwallowsMessages() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    Recorder recorder = new Recorder(options().build(), (message, state) -> Reply.ack(state));
    WorkerRef ref = workers.start(recorder, 0);
    awaitInfo(consumer, info -> info.numWaiting() == 1);
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Shutdown());
    assertThat(recorder.terminated).isCompletedWithValue(new StopReason.Shutdown());

    publish(1);
    JsMessage message = consumer.next(Duration.ofSeconds(10)).orElseThrow();
    assertThat(message.text()).isEqualTo("1");
    assertThat(recorder.handled).isEmpty();
  }

  @Test
  void closeLetsTheHandlerFinish() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(2);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              entered.countDown();
              released.await();
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 0);
    entered.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(ref::close);
    Recorder.awaitStatus(ref, WorkerStatus.STOPPING);
    assertThat(closing).isNotDone();
    released.countDown();
    closing.get();
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 1);
    assertThat(recorder.texts()).containsExactly("1");
  }

  @Test
  void aHandlerMayCloseItsOwnWorker() {
    consumer(ACK_WAIT_NANOS);
    publish(2);
    CompletableFuture<WorkerRef> self = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              self.join().close();
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 0);
    self.complete(ref);
    assertThat(ref.stopped().join()).isEqualTo(new StopReason.Shutdown());
    assertThat(recorder.texts()).containsExactly("1");
  }

  @Test
  void aBrutalShutdownInterruptsTheHandlerAndLeavesItsMessageToOthers() throws Exception {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(1);
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Recorder recorder =
        new Recorder(
            options().build(),
            (message, state) -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(ChildSpec.of(recorder, 0).shutdown(ChildSpec.BRUTAL));
    entered.await();
    ref.close();
    assertThat(ref.stopReason()).contains(new StopReason.Killed());
    assertThat(interrupted.join()).isTrue();
    JsMessage again = consumer.next(Duration.ofSeconds(10)).orElseThrow();
    assertThat(again.info().delivered()).isEqualTo(2);
    assertThat(recorder.terminated).isNotDone();
  }

  @Test
  void itsMessagesComeToInboxesOfItsOwnPrefix() throws Exception {
    consumer(ACK_WAIT_NANOS);
    publish(1);
    Recorder recorder =
        new Recorder(options().inboxPrefix("_ME.").build(), (message, state) -> Reply.ack(state));
    try (SyncSubscription pulls =
        client.subscribeSync("$JS.API.CONSUMER.MSG.NEXT." + name + ".C")) {
      client.flush(Duration.ofSeconds(10));
      workers.start(recorder, 0);
      recorder.awaitHandled(1);
      assertThat(Objects.requireNonNull(pulls.poll(Duration.ofSeconds(10))).reply())
          .startsWith("_ME.");
    }
  }
}
