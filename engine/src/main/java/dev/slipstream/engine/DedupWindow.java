// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.TokenTable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Message ids that a stream has seen within its duplicate window, each with the sequence it got.
 *
 * <p>Bounded by time, and by the {@link DedupBudget} of the loop: the oldest go first. An id is in
 * the window from the moment its message is in the log; whether that is durable is told by its
 * sequence. Owner: the stream's loop. Source: ADR-8, "Nats-Msg-Id".
 */
final class DedupWindow {
  private static final int ENTRY_BYTES = 96;

  private final TokenTable<Entry> byId = new TokenTable<>();
  private final ArrayDeque<Entry> byTime = new ArrayDeque<>(0);
  private final DedupBudget budget;
  private final LongSupplier windowNanos;

  /**
   * An empty window.
   *
   * @param windowNanos how long an id is remembered
   */
  DedupWindow(DedupBudget budget, LongSupplier windowNanos) {
    this.budget = budget;
    this.windowNanos = windowNanos;
  }

  record Entry(byte[] id, long seq, long epochNanos) {}

  /** The entry of an id in {@code bytes[from..to]}, or null. */
  @Nullable Entry find(byte[] source, int from, int to) {
    return byId.get(source, from, to);
  }

  /** Remembers an id; one that is there keeps what it has. */
  void add(byte[] source, int from, int to, long seq, long epochNanos) {
    if (byId.get(source, from, to) != null) {
      return;
    }
    Entry entry = new Entry(Arrays.copyOfRange(source, from, to), seq, epochNanos);
    byId.put(entry.id, entry);
    byTime.add(entry);
    budget.took(this, entry.id.length + ENTRY_BYTES);
    while (budget.isExceeded() && byTime.size() > 1) {
      forgetOldest();
      budget.forgot();
    }
  }

  /** Forgets ids that are behind their window at {@code nowEpochNanos}. */
  void forgetOld(long nowEpochNanos) {
    long epochNanos = nowEpochNanos - windowNanos.getAsLong();
    for (Entry oldest = byTime.peek();
        oldest != null && oldest.epochNanos < epochNanos;
        oldest = byTime.peek()) {
      forgetOldest();
    }
  }

  /** Every entry, oldest first. */
  List<Entry> entries() {
    return Arrays.asList(byTime.toArray(new Entry[0]));
  }

  int size() {
    return byTime.size();
  }

  /** Forgets all: the stream is gone. */
  void clear() {
    while (!byTime.isEmpty()) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Entry oldest = byTime.poll();
    if (oldest != null) {
      byId.remove(oldest.id);
      budget.gave(this, oldest.id.length + ENTRY_BYTES);
    }
  }
}
