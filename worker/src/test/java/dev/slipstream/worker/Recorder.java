// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker that counts in its state, notes what it sees, and answers as the test says. */
class Recorder implements PullWorker<Integer, Integer> {
  final List<JsMessage> handled = new CopyOnWriteArrayList<>();
  final List<Integer> states = new CopyOnWriteArrayList<>();
  final AtomicInteger inits = new AtomicInteger();
  final AtomicInteger connected = new AtomicInteger();
  final AtomicBoolean overlapped = new AtomicBoolean();
  final CompletableFuture<StopReason> terminated = new CompletableFuture<>();
  private final AtomicBoolean inside = new AtomicBoolean();
  private final Semaphore permits = new Semaphore(0);
  private final WorkerOptions options;
  private final Answer answer;

  /** What it says about a message, given the next state. */
  interface Answer {
    Reply<Integer> to(JsMessage message, Integer nextState) throws Exception;
  }

  Recorder(WorkerOptions options, Answer answer) {
    this.options = options;
    this.answer = answer;
  }

  @Override
  public Init<Integer> init(Integer first) {
    inits.incrementAndGet();
    return Init.ok(first, options);
  }

  @Override
  public Integer handleConnected(ConsumerInfo consumer, Integer state) {
    connected.incrementAndGet();
    return state;
  }

  @Override
  public Reply<Integer> handleMessage(JsMessage message, Integer state) throws Exception {
    if (!inside.compareAndSet(false, true)) {
      overlapped.set(true);
    }
    handled.add(message);
    states.add(state);
    try {
      return answer.to(message, state + 1);
    } finally {
      inside.set(false);
      permits.release();
    }
  }

  @Override
  public void terminate(StopReason reason, Integer state) {
    if (!inside.compareAndSet(false, true)) {
      overlapped.set(true);
    }
    inside.set(false);
    terminated.complete(reason);
  }

  /** Returns when so many more messages were handled. */
  void awaitHandled(int count) {
    try {
      permits.acquire(count);
    } catch (InterruptedException e) {
      throw new IllegalStateException("handled " + texts(), e);
    }
  }

  /** Returns when a message was handled; others may have been, also the same twice. */
  void awaitText(String text) {
    while (!texts().contains(text)) {
      awaitHandled(1);
    }
  }

  /** Returns when the consumer was found so often, in all lives. */
  void awaitConnected(int times) {
    while (connected.get() < times) {
      if (Thread.interrupted()) {
        throw new IllegalStateException("found its consumer " + connected + " times");
      }
      Thread.onSpinWait();
    }
  }

  List<String> texts() {
    return handled.stream().map(JsMessage::text).toList();
  }

  /** Returns when a worker shows a status; the timeout of the test is the limit. */
  static void awaitStatus(WorkerRef ref, WorkerStatus status) {
    while (ref.status() != status) {
      if (Thread.interrupted()) {
        throw new IllegalStateException(ref + " is not " + status);
      }
      Thread.onSpinWait();
    }
  }
}
