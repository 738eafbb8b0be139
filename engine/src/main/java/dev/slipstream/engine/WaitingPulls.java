// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The open pull requests of one consumer, served in turn: a request that got a message and wants
 * more goes to the end of the queue.
 *
 * <p>At most {@code maxWaiting} requests. Owner: the stream's loop. Source: ADR-13.
 */
final class WaitingPulls {

  /** Decides what becomes of a request; false removes it. */
  interface Keep {
    boolean test(WaitingPull pull);
  }

  private final int maxWaiting;
  private final boolean byPriority;
  private Deque<WaitingPull> queue = new ArrayDeque<>();

  /**
   * A queue without requests.
   *
   * @param byPriority whether a lower number of priority goes before a higher one
   */
  WaitingPulls(int maxWaiting, boolean byPriority) {
    this.maxWaiting = maxWaiting;
    this.byPriority = byPriority;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  boolean isFull() {
    return queue.size() >= maxWaiting;
  }

  int size() {
    return queue.size();
  }

  /** Adds a request at the end, of those of its priority; false when the queue is full. */
  boolean add(WaitingPull pull) {
    if (isFull()) {
      return false;
    }
    append(pull);
    return true;
  }

  private void append(WaitingPull pull) {
    if (!byPriority || queue.isEmpty() || queue.getLast().priority <= pull.priority) {
      queue.add(pull);
      return;
    }
    Deque<WaitingPull> sorted = new ArrayDeque<>(queue.size() + 1);
    while (!queue.isEmpty() && queue.getFirst().priority <= pull.priority) {
      sorted.add(queue.removeFirst());
    }
    sorted.add(pull);
    sorted.addAll(queue);
    queue = sorted;
  }

  @Nullable WaitingPull peek() {
    return queue.peek();
  }

  /** Removes the request at the head. */
  void removeHead() {
    queue.poll();
  }

  /** Moves the request at the head to the end of those of its priority. */
  void rotate() {
    WaitingPull pull = queue.poll();
    if (pull != null) {
      append(pull);
    }
  }

  /** Puts every request before {@code keep}, in the order of the queue. */
  void retainIf(Keep keep) {
    queue.removeIf(pull -> !keep.test(pull));
  }
}
