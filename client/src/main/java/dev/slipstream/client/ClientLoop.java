// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;

/**
 * The owner of a connection: an event loop that may also wait for sockets, and that lives as long
 * as its client.
 *
 * <p>Clients run on a {@link SelectorLoop}, a thread each, or on a {@link SharedLoop}. Proofs in
 * virtual time put another one in its place and say so with {@link ClientOptions.Builder#loops}.
 */
interface ClientLoop extends EventLoop {

  /** Makes the loop of a client. */
  @FunctionalInterface
  interface Factory {
    /** A loop of this name that is not started yet. */
    ClientLoop make(String name, Clock clock);
  }

  /** Called when a channel is ready for what its key asks for. */
  @FunctionalInterface
  interface ReadyHandler {
    /** On the loop. */
    void onReady(SelectionKey key);
  }

  @Override
  default void execute(Runnable command) {
    if (!offer(command)) {
      throw new IllegalStateException("the loop has ended");
    }
  }

  /** Begins to run what was offered. */
  void start();

  /** Ends the loop after the present turn; commands that still wait are run. */
  void stop();

  /** Waits for the end after {@link #stop}, at most {@code limit}; not to be called on the loop. */
  void awaitEnd(Duration limit);

  /**
   * Has {@code handler} called when a channel is ready for what {@code interest} names.
   *
   * @throws IOException when the channel is closed, or the loop waits for no sockets
   */
  SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler)
      throws IOException;

  /** Whether commands wait; to be asked on the loop. */
  boolean hasCommands();

  /** The time at which this turn first asked for it, in nanoseconds of the loop's clock. */
  long turnNanos();
}
