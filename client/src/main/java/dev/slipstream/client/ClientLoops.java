// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Threads that the connections of many clients share, in place of one for each client: for programs
 * with tens of connections or more.
 *
 * <pre>{@code
 * ClientLoops loops = ClientLoops.ofThreads(2);
 * ClientOptions options = ClientOptions.builder().loops(loops).build();
 * NatsClient one = NatsClient.connect(options);
 * NatsClient other = NatsClient.connect(options);
 * }</pre>
 *
 * <p>A client lives on one of the threads, the one with the fewest. A thread starts with its first
 * client and ends with its last, so there is nothing to close. Handlers are not run on these
 * threads, nor is anything else that may wait. Thread-safe.
 */
public final class ClientLoops {
  private final AtomicReferenceArray<@Nullable Crew> crews;

  private ClientLoops(int threads) {
    crews = new AtomicReferenceArray<>(threads);
  }

  /**
   * As many threads as that, at most.
   *
   * @throws IllegalArgumentException when there are none
   */
  public static ClientLoops ofThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + ", but there must be one");
    }
    return new ClientLoops(threads);
  }

  /** A place on the thread with the fewest clients; taken until it is stopped. */
  ClientLoop join(Clock clock) {
    while (true) {
      int at = fewest();
      Crew present = crews.get(at);
      if (present != null && present.join(clock)) {
        return new SharedLoop(present);
      }
      Crew made = new Crew("slipstream-clients-" + at, clock);
      if (crews.compareAndSet(at, present, made)) {
        return new SharedLoop(made);
      }
      made.thread.execute(made::leave); // another client was faster
    }
  }

  private int fewest() {
    int found = 0;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < crews.length(); i++) {
      Crew crew = crews.get(i);
      int clients = crew == null ? 0 : crew.clients.get();
      if (clients < fewest) {
        fewest = clients;
        found = i;
      }
    }
    return found;
  }

  /** The clients of one thread, which runs from the first to the last of them. */
  static final class Crew {
    final SelectorLoop thread;

    /** None ever again once there is none. */
    private final AtomicInteger clients = new AtomicInteger(1);

    private Crew(String name, Clock clock) {
      thread = new SelectorLoop(name, clock);
      thread.start();
    }

    /** One more; false when all have left. */
    private boolean join(Clock clock) {
      if (clients.getAndUpdate(present -> present == 0 ? 0 : present + 1) == 0) {
        return false;
      }
      if (thread.clock() != clock) {
        thread.execute(this::leave);
        throw new IllegalArgumentException("clients that share a thread must have one clock");
      }
      return true;
    }

    /** One is gone; true when it was the last and the thread ends. To be called on it. */
    boolean leave() {
      boolean last = clients.decrementAndGet() == 0;
      if (last) {
        thread.stop();
      }
      return last;
    }
  }
}
