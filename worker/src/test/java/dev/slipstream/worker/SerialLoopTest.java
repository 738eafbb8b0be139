// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SerialLoopTest {
  private final ExecutorService pool = WorkerThreads.platform(4);
  private final ScheduledExecutorService timers = WorkerThreads.control();
  private final SerialLoop loop = new SerialLoop(pool, timers, Clock.system());

  @AfterEach
  void end() {
    pool.shutdownNow();
    timers.shutdownNow();
  }

  @Test
  void commandsOfManyThreadsRunOneAtATimeAndOfOneThreadInOrder() throws Exception {
    int senders = 4;
    int each = 20_000;
    List<List<Integer>> seen = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(senders * each);
    AtomicBoolean inside = new AtomicBoolean();
    AtomicBoolean overlapped = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int sender = 0; sender < senders; sender++) {
      List<Integer> mine = new ArrayList<>();
      seen.add(mine);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  int number = i;
                  loop.execute(
                      () -> {
                        overlapped.compareAndSet(false, !inside.compareAndSet(false, true));
                        mine.add(number);
                        inside.set(false);
                        done.countDown();
                      });
                }
              }));
    }
    threads.forEach(Thread::start);
    done.await();
    assertThat(overlapped).isFalse();
    for (List<Integer> mine : seen) {
      assertThat(mine).hasSize(each).isSorted();
    }
  }

  @Test
  void itKnowsItsOwnThread() {
    CompletableFuture<Boolean> inside = new CompletableFuture<>();
    loop.execute(() -> inside.complete(loop.inLoop()));
    assertThat(inside.join()).isTrue();
    assertThat(loop.inLoop()).isFalse();
  }

  @Test
  void aCommandThatThrowsDoesNotEndIt() {
    CompletableFuture<Boolean> after = new CompletableFuture<>();
    loop.execute(
        () -> {
          throw new IllegalStateException("expected by this test");
        });
    loop.execute(() -> after.complete(true));
    assertThat(after.join()).isTrue();
  }

  @Test
  void aTimerThatWasCancelledOnTheLoopDoesNotRunThoughItIsDue() {
    CompletableFuture<Boolean> ran = new CompletableFuture<>();
    CompletableFuture<Boolean> laterRan = new CompletableFuture<>();
    loop.execute(
        () -> {
          EventLoop.Timer timer = loop.schedule(0, () -> ran.complete(true));
          loop.schedule(TimeUnit.MILLISECONDS.toNanos(20), () -> laterRan.complete(true));
          timer.cancel();
        });
    assertThat(laterRan.join()).isTrue();
    assertThat(ran).isNotDone();
  }

  @Test
  void anInterruptReachesTheCommandThatRunsAndNobodyAfterIt() throws Exception {
    ExecutorService one = WorkerThreads.platform(1);
    try {
      SerialLoop first = new SerialLoop(one, timers, Clock.system());
      for (int round = 0; round < 2000; round++) {
        CountDownLatch running = new CountDownLatch(1);
        first.execute(running::countDown);
        running.await();
        first.interrupt();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        one.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
        assertThat(interrupted.get()).isFalse();
      }
      CountDownLatch running = new CountDownLatch(1);
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      first.execute(
          () -> {
            running.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.complete(true);
            }
          });
      running.await();
      first.interrupt();
      assertThat(interrupted.get()).isTrue();
    } finally {
      one.shutdownNow();
    }
  }

  @Test
  void afterItsExecutorHasEndedItTakesNothing() {
    pool.shutdown();
    assertThat(loop.offer(() -> {})).isFalse();
    assertThat(loop.offer(() -> {})).isFalse();
  }
}
