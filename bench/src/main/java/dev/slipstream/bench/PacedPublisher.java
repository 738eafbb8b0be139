// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.JetStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Publishes at a fixed rate, whatever the server does, and notes for each message how long after
 * its turn its acknowledgement came. Owner: the thread that runs it; the notes are read when it is
 * done.
 */
final class PacedPublisher {
  private final JetStream js;
  private final String subject;
  private final byte[] payload;
  private final long everyNanos;
  private final long[] turns;
  private final long[] nanos;

  /** A publisher of {@code perSecond} messages each of {@code seconds}. */
  PacedPublisher(JetStream js, String subject, int payloadBytes, int perSecond, int seconds) {
    this.js = js;
    this.subject = subject;
    payload = new byte[payloadBytes];
    everyNanos = 1_000_000_000L / perSecond;
    turns = new long[perSecond * seconds];
    nanos = new long[turns.length];
  }

  /** Publishes all, and waits for what is not acknowledged yet. */
  void run() {
    CompletableFuture<?>[] answers = new CompletableFuture<?>[turns.length];
    long began = System.nanoTime();
    for (int i = 0; i < turns.length; i++) {
      int index = i;
      long turn = began + i * everyNanos;
      for (long left = turn - System.nanoTime(); left > 0; left = turn - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      turns[i] = turn;
      answers[i] =
          js.publishAsync(subject, payload)
              .thenRun(() -> nanos[index] = System.nanoTime() - turns[index]);
    }
    CompletableFuture.allOf(answers).join();
  }

  /** The latencies of those whose turn fits, ascending, in nanoseconds. */
  long[] latenciesNanos(LongPredicate turnFits) {
    long[] found = new long[turns.length];
    int count = 0;
    for (int i = 0; i < turns.length; i++) {
      if (turnFits.test(turns[i])) {
        found[count++] = nanos[i];
      }
    }
    long[] sorted = Arrays.copyOf(found, count);
    Arrays.sort(sorted);
    return sorted;
  }
}
