// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.ArrayDeque;
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

  private final ArrayDeque<WaitingPull> queue = new ArrayDeque<>();
  private final int maxWaiting;

  WaitingPulls(int maxWaiting) {
    this.maxWaiting = maxWaiting;
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

  /** Adds a request at the end; false when the queue is full. */
  boolean add(WaitingPull pull) {
    return !isFull() && queue.add(pull);
  }

  @Nullable WaitingPull peek() {
    return queue.peek();
  }

  /** Removes the request at the head. */
  void removeHead() {
    queue.poll();
  }

  /** Moves the request at the head to the end. */
  void rotate() {
    WaitingPull pull = queue.poll();
    if (pull != null) {
      queue.add(pull);
    }
  }

  /** Puts every request before {@code keep}, in the order of the queue. */
  void retainIf(Keep keep) {
    queue.removeIf(pull -> !keep.test(pull));
  }
}
