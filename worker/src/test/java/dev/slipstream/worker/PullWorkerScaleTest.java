// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More than one message at a time: asked for ahead, handled side by side, in order by a key. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWorkerScaleTest extends WorkerFixture {

  @Test
  void aBatchIsAskedForAheadAndHandledInOrder() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(200);
    Recorder recorder =
        new Recorder(options().batchSize(50).build(), (message, state) -> Reply.ack(state));
    workers.start(recorder, 0);
    recorder.awaitHandled(200);
    awaitInfo(consumer, seen -> seen.ackFloor().streamSeq() == 200);
    assertThat(recorder.overlapped).isFalse();
    for (int i = 0; i < 200; i++) {
      assertThat(recorder.handled.get(i).text()).isEqualTo(Integer.toString(i + 1));
      assertThat(recorder.states.get(i)).isEqualTo(i);
    }
  }

  @Test
  void whatWaitsWhenItStopsIsHandedBackAtOnce() throws Exception {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(20);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Recorder recorder =
        new Recorder(
            options().batchSize(20).build(),
            (message, state) -> {
              entered.countDown();
              go.await();
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 0);
    entered.await();
    awaitInfo(consumer, info -> info.numAckPending() == 20);
    Thread closing = new Thread(ref::close);
    closing.start();
    Recorder.awaitStatus(ref, WorkerStatus.STOPPING);
    go.countDown();
    closing.join();
    assertThat(recorder.texts()).containsExactly("1");
    List<JsMessage> rest = new ArrayList<>();
    consumer.fetch(19).forEach(rest::add);
    assertThat(rest).hasSize(19).allMatch(message -> message.info().delivered() == 2);
  }

  @Test
  void asManyMessagesAreHandledAtATimeAsItIsTold() throws Exception {
    consumer(ACK_WAIT_NANOS);
    publish(4);
    CyclicBarrier together = new CyclicBarrier(4);
    Recorder recorder =
        new Recorder(
            options().parallelism(4).build(),
            (message, state) -> {
              together.await(20, TimeUnit.SECONDS); // returns when four are inside
              return Reply.ack(state);
            });
    WorkerRef ref = workers.start(recorder, 7);
    recorder.awaitHandled(4);
    assertThat(recorder.states).containsExactly(7, 7, 7, 7);
    assertThat(recorder.connected).hasValue(4);
    ref.close();
  }

  @Test
  void eachHandlerHasAStateOfItsOwn() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(400);
    Counting counting = new Counting(options().parallelism(4).batchSize(100).build());
    WorkerRef ref = workers.start(counting);
    awaitInfo(consumer, seen -> seen.ackFloor().streamSeq() == 400);
    ref.close();
    assertThat(counting.ends).hasSize(4);
    assertThat(counting.ends.stream().mapToInt(Integer::intValue).sum()).isEqualTo(400);
  }

  /** Counts its messages in its states. */
  private static final class Counting implements PullWorker<Void, Integer> {
    final List<Integer> ends = new CopyOnWriteArrayList<>();
    private final WorkerOptions options;

    Counting(WorkerOptions options) {
      this.options = options;
    }

    @Override
    public Init<Integer> init(Void nothing) {
      return Init.ok(0, options);
    }

    @Override
    public Reply<Integer> handleMessage(JsMessage message, Integer handled) {
      return Reply.ack(handled + 1);
    }

    @Override
    public void terminate(StopReason reason, Integer handled) {
      ends.add(handled);
    }
  }

  @Test
  void messagesOfOneKeyAreHandledInOrderAndOneAtATime() {
    PullConsumer consumer = consumer(ACK_WAIT_NANOS);
    publish(600);
    Map<Integer, List<Long>> byKey = new ConcurrentHashMap<>();
    Map<Integer, AtomicInteger> inside = new ConcurrentHashMap<>();
    List<String> broken = new CopyOnWriteArrayList<>();
    Recorder recorder =
        new Recorder(
            options().parallelism(6).batchSize(200).orderedBy(m -> key(m)).build(),
            (message, state) -> {
              AtomicInteger here = inside.computeIfAbsent(key(message), k -> new AtomicInteger());
              if (here.incrementAndGet() != 1) {
                broken.add("two of key " + key(message));
              }
              byKey
                  .computeIfAbsent(key(message), k -> new CopyOnWriteArrayList<>())
                  .add(message.info().streamSequence());
              Thread.onSpinWait();
              here.decrementAndGet();
              return Reply.ack(state);
            });
    workers.start(recorder, 0);
    recorder.awaitHandled(600);
    assertThat(broken).isEmpty();
    assertThat(byKey).hasSize(10);
    byKey.values().forEach(sequences -> assertThat(sequences).hasSize(60).isSorted());
    ConsumerInfo info = awaitInfo(consumer, seen -> seen.ackFloor().streamSeq() == 600);
    assertThat(info.numRedelivered()).isZero();
  }

  private static int key(JsMessage message) {
    return Integer.parseInt(message.text()) % 10;
  }

  @Test
  void aHandlerOfSeveralThatFailsEndsTheLifeWhenTheOthersHaveReturned() throws Exception {
    PullConsumer consumer = consumer(TimeUnit.MILLISECONDS.toNanos(300));
    publish(40);
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    List<Integer> insideAtTheEnd = new CopyOnWriteArrayList<>();
    Recorder recorder =
        new Recorder(
            options().parallelism(4).build(),
            (message, state) -> {
              inside.incrementAndGet();
              try {
                if (message.text().equals("5") && message.info().delivered() == 1) {
                  failed.countDown();
                  throw new IllegalStateException("cannot do five");
                }
                return Reply.ack(state);
              } finally {
                inside.decrementAndGet();
              }
            }) {
          @Override
          public void terminate(StopReason reason, Integer state) {
            insideAtTheEnd.add(inside.get());
          }
        };
    Supervisor tree = Supervisor.oneForOne().child(recorder, 0).start(workers);
    failed.await();
    awaitInfo(consumer, info -> info.ackFloor().streamSeq() == 40);
    tree.close();
    assertThat(insideAtTheEnd).hasSize(8).containsOnly(0);
    assertThat(recorder.inits).hasValue(2);
    assertThat(tree.children().get(0).starts()).isEqualTo(2);
  }
}
