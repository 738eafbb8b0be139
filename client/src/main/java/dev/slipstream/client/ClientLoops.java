// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
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
  private final Slot[] slots;

  private ClientLoops(int threads) {
    slots = new Slot[threads];
    for (int i = 0; i < threads; i++) {
      slots[i] = new Slot(i);
    }
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
    synchronized (slots) {
      Slot fewest = slots[0];
      for (Slot slot : slots) {
        if (slot.clients < fewest.clients) {
          fewest = slot;
        }
      }
      return new SharedLoop(fewest, fewest.join(clock));
    }
  }

  /** A thread, while there are clients on it; guarded by the lock of all of them. */
  final class Slot {
    private final int number;
    private int clients;
    private @Nullable SelectorLoop thread;

    private Slot(int number) {
      this.number = number;
    }

    private SelectorLoop join(Clock clock) {
      SelectorLoop joined = thread;
      if (joined == null) {
        joined = new SelectorLoop("slipstream-clients-" + number, clock);
        joined.start();
        thread = joined;
      } else if (joined.clock() != clock) {
        throw new IllegalArgumentException("clients that share a thread must have one clock");
      }
      clients++;
      return joined;
    }

    /** On the thread: a client is gone. */
    void leave() {
      synchronized (slots) {
        clients--;
        SelectorLoop left = thread;
        if (clients == 0 && left != null) {
          thread = null;
          left.stop();
        }
      }
    }

    /** Whether {@code one} has clients. */
    boolean runs(SelectorLoop one) {
      synchronized (slots) {
        return thread == one;
      }
    }
  }
}
