// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open pull requests of one consumer, served in turn: a request that got a message and wants
 * more goes to the end of the queue. With priorities there is a queue for each, and the first that
 * is not empty is served.
 *
 * <p>At most {@code maxWaiting} requests. Owner: the stream's loop. Source: ADR-13, ADR-42.
 */
final class WaitingPulls {
  private static final int PRIORITIES = 10;

  private final int maxWaiting;
  private final List<Queue<WaitingPull>> queues = new ArrayList<>();

  /**
   * Queues without requests.
   *
   * @param byPriority whether a lower number of priority goes before a higher one, and those that
   *     name none come last
   */
  WaitingPulls(int maxWaiting, boolean byPriority) {
    this.maxWaiting = maxWaiting;
    for (int i = byPriority ? 0 : PRIORITIES; i <= PRIORITIES; i++) {
      queues.add(new ArrayDeque<>());
    }
  }

  boolean isEmpty() {
    return peek() == null;
  }

  boolean isFull() {
    return size() >= maxWaiting;
  }

  int size() {
    int size = 0;
    for (Queue<WaitingPull> queue : queues) {
      size += queue.size();
    }
    return size;
  }

  /** Adds a request at the end of those of its priority; false when there are too many. */
  boolean add(WaitingPull pull) {
    return !isFull() && queues.get(Math.min(pull.priority, queues.size() - 1)).add(pull);
  }

  private Queue<WaitingPull> served() {
    for (Queue<WaitingPull> queue : queues) {
      if (!queue.isEmpty()) {
        return queue;
      }
    }
    return queues.get(0);
  }

  /** The request at the head; null without one. */
  @Nullable WaitingPull peek() {
    return served().peek();
  }

  /** Removes the request at the head. */
  void removeHead() {
    served().poll();
  }

  /** Moves the request at the head to the end of those of its priority. */
  void rotate() {
    Queue<WaitingPull> queue = served();
    WaitingPull pull = queue.poll();
    if (pull != null) {
      queue.add(pull);
    }
  }

  /** Puts every request before {@code task}, in the order in which they are served. */
  void forEach(Consumer<WaitingPull> task) {
    queues.forEach(queue -> queue.forEach(task));
  }

  /** The same, and removes those that {@code over} says it of. */
  void removeIf(Predicate<WaitingPull> over) {
    queues.forEach(queue -> queue.removeIf(over));
  }
}
