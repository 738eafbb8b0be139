// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.kv;

import dev.slipstream.client.ConsumeEndedException;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.RequestInterruptedException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Collects what is there when a watch begins. */
final class EntryCollector implements KeyWatcher {
  private final Queue<KeyValueEntry> entries = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> all = new CompletableFuture<>();

  @Override
  public void onEntry(KeyValueEntry entry) {
    entries.add(entry);
  }

  @Override
  public void onCaughtUp() {
    all.complete(null);
  }

  /**
   * Waits until all has come.
   *
   * @param silence how long nothing may come
   * @throws ConsumeEndedException when the watch ended before
   * @throws JetStreamException when nothing came for too long
   */
  List<KeyValueEntry> await(Consumption watch, Duration silence) {
    watch.closed().thenAccept(why -> all.completeExceptionally(new ConsumeEndedException(why)));
    for (int before = -1; before != entries.size(); ) {
      before = entries.size();
      if (isDone(silence)) {
        return List.copyOf(entries);
      }
    }
    throw new JetStreamException("the server has sent nothing for " + silence);
  }

  private boolean isDone(Duration silence) {
    try {
      all.get(TimeUnit.NANOSECONDS.convert(silence), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException ended) {
      throw ended.getCause() instanceof ConsumeEndedException why
          ? why
          : new JetStreamException("the keys cannot be read", ended.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException("reading keys");
    }
  }
}
