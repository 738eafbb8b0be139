// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.wire.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of one life of a worker: as many as messages are handled at a time, each with a
 * state of its own.
 *
 * <p>A thread that has a message takes a free hand, so that a state is never with two of them.
 * {@link #handle}, {@link #onStatus} and {@link #interrupt} are for any thread; the rest is called
 * while none handles.
 */
final class Hands<S> {
  private static final System.Logger LOG = System.getLogger(Hands.class.getName());

  /** More statuses than these do not wait for a free hand. */
  private static final int MOST_STATUSES = 64;

  private final PullProcess<?, S> process;
  private final PullWorker<?, S> worker;
  private final HandlingWatch watch;
  private final Consumer<Throwable> onFailure;
  private final List<Hand<S>> all = new ArrayList<>();
  private final LinkedTransferQueue<Hand<S>> free = new LinkedTransferQueue<>();
  private final ConcurrentLinkedQueue<Status> statuses = new ConcurrentLinkedQueue<>();
  private final AtomicInteger statusesWaiting = new AtomicInteger();
  private final Progress progress;
  private volatile @Nullable DeadLetterBox deadLetters;

  /** A state and who holds it. */
  private static final class Hand<S> {
    final InterruptGate gate = new InterruptGate();
    S state;

    Hand(S state) {
      this.state = state;
    }
  }

  /**
   * @param progress notes what was handled without a gap
   * @param onFailure hears what a handler threw; on its thread
   */
  Hands(
      PullProcess<?, S> process,
      PullWorker<?, S> worker,
      S state,
      int parallelism,
      Progress progress,
      HandlingWatch watch,
      Consumer<Throwable> onFailure) {
    this.process = process;
    this.worker = worker;
    this.watch = watch;
    this.onFailure = onFailure;
    this.progress = progress;
    for (int i = 0; i < parallelism; i++) {
      all.add(new Hand<>(state));
    }
    free.addAll(all);
  }

  /** The consumer was found; any thread, while no message is handled. */
  void connected(ConsumerInfo consumer, @Nullable DeadLetterBox box) throws Exception {
    deadLetters = box;
    List<Hand<S>> taken = new ArrayList<>();
    try {
      while (taken.size() < all.size()) {
        Hand<S> hand = freeHand();
        if (hand == null) {
          return;
        }
        taken.add(hand);
        hand.gate.enter();
        try {
          hand.state = worker.handleConnected(consumer, hand.state);
        } finally {
          hand.gate.exit();
        }
      }
    } finally {
      free.addAll(taken);
    }
  }

  /** The life ends; no hand is free behind this, so that nothing is told any more. */
  void terminate(StopReason reason) {
    for (int i = 0; i < all.size(); i++) {
      Hand<S> hand = freeHand();
      if (hand == null) {
        return;
      }
      try {
        worker.terminate(reason, hand.state);
      } catch (Exception | LinkageError | AssertionError failure) {
        LOG.log(System.Logger.Level.ERROR, process + " failed to terminate", failure);
      }
    }
  }

  /**
   * Handles a message and settles it.
   *
   * @return false when no other message is to be handled
   */
  boolean handle(JsMessage message) {
    Hand<S> hand = freeHand();
    if (hand == null) {
      return false;
    }
    hand.gate.enter();
    try {
      return handle(message, hand);
    } finally {
      tellStatuses(hand);
      release(hand);
    }
  }

  /**
   * A hand for the calling thread; there is one, unless a status is being told with the last. Null
   * when the life was killed. Who comes with an interrupt, as an earlier message may have left it,
   * waits all the same.
   */
  private @Nullable Hand<S> freeHand() {
    boolean interrupted = false;
    Hand<S> hand = free.poll();
    while (hand == null && !process.isKilled()) {
      try {
        hand = free.take();
      } catch (InterruptedException perhaps) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return hand;
  }

  private boolean handle(JsMessage message, Hand<S> hand) {
    long began = watch.begins();
    try {
      Reply<S> reply = worker.handleMessage(message, hand.state);
      if (process.isKilled()) {
        return false;
      }
      hand.state = reply.state();
      settle(message, reply);
      watch.handled(reply.action(), began);
      return !process.isStopAsked();
    } catch (Exception | LinkageError | AssertionError failure) {
      if (!process.isKilled()) {
        watch.failed(failure, began);
        buryIfLast(message, failure);
        progress.gap();
        onFailure.accept(failure);
      }
      return false;
    }
  }

  private void settle(JsMessage message, Reply<S> reply) {
    DeadLetterBox box = deadLetters;
    boolean settled =
        switch (reply.action()) {
          case ACK -> message.ackNext();
          case NACK -> {
            if (box != null && box.isLastDelivery(message)) {
              box.bury(message, "nacked at its last delivery");
              yield message.term();
            }
            yield reply.delay() == null ? message.nak() : message.nak(reply.delay());
          }
          case TERM -> {
            if (box != null) {
              box.bury(message, reply.reason() == null ? "termed" : reply.reason());
            }
            yield reply.reason() == null ? message.term() : message.term(reply.reason());
          }
          case NONE -> true;
        };
    progress.note(message, reply.action());
    if (!settled) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "{0}: a message is {1}, {2} was not sent",
          process,
          message.ackState(),
          reply.action());
    }
  }

  /** A message that its handler fails on for the last time would be seen by nobody any more. */
  private void buryIfLast(JsMessage message, Throwable failure) {
    DeadLetterBox box = deadLetters;
    if (box == null || !box.isLastDelivery(message)) {
      return;
    }
    try {
      box.bury(message, failure.toString());
      message.term();
    } catch (RuntimeException notStored) {
      failure.addSuppressed(notStored);
    }
  }

  /** The server said something of a pull. */
  void onStatus(Status status) {
    if (statusesWaiting.incrementAndGet() > MOST_STATUSES) {
      statusesWaiting.decrementAndGet();
      return;
    }
    statuses.add(status);
    tellWaiting();
  }

  private void tellWaiting() {
    Hand<S> hand = statuses.isEmpty() ? null : free.poll();
    if (hand != null) {
      hand.gate.enter();
      tellStatuses(hand);
      release(hand);
    }
  }

  private void tellStatuses(Hand<S> hand) {
    for (Status status = statuses.poll(); status != null; status = statuses.poll()) {
      statusesWaiting.decrementAndGet();
      if (process.isKilled()) {
        continue;
      }
      try {
        hand.state = worker.handleStatus(status, hand.state);
      } catch (Exception | LinkageError | AssertionError failure) {
        onFailure.accept(failure);
      }
    }
  }

  private void release(Hand<S> hand) {
    hand.gate.exit();
    free.add(hand);
    tellWaiting(); // one that came behind the last look would wait for the next message
  }

  /** Interrupts who handles. */
  void interrupt() {
    all.forEach(hand -> hand.gate.interrupt());
  }
}
