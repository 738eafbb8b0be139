// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.StoreException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What waits for a record, as its attachment: either the record is applied, or the log fails and it
 * never will be. Called on the stream's loop.
 */
interface Logged {
  /** The record will never be applied. */
  void failed(StoreException cause);

  /** Waits for a record that is simply applied. */
  record Task(Runnable applied, Consumer<StoreException> otherwise) implements Logged, Runnable {
    @Override
    public void run() {
      applied.run();
    }

    @Override
    public void failed(StoreException cause) {
      otherwise.accept(cause);
    }
  }

  /** Waits for a record whose application counts messages. */
  record Count(LongConsumer applied, Consumer<StoreException> otherwise)
      implements Logged, LongConsumer {
    @Override
    public void accept(long messages) {
      applied.accept(messages);
    }

    @Override
    public void failed(StoreException cause) {
      otherwise.accept(cause);
    }
  }

  /** Waits for a message, and is told its sequence. */
  record Stored(LongConsumer stored, Consumer<StoreException> otherwise) implements Logged {
    @Override
    public void failed(StoreException cause) {
      otherwise.accept(cause);
    }
  }
}
