// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.clients;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A client library under measurement, used as its own documentation shows.
 *
 * <p>Each call that sends returns when the server has everything: acknowledgements of publishes
 * have come, those of messages have been sent and a ping behind them is answered.
 */
interface MeasuredClient extends AutoCloseable {
  /** How long anything may take. */
  Duration PATIENCE = Duration.ofMinutes(3);

  /** Publishes one after the other, each acknowledged before the next. */
  void publishSync(String subject, byte[] payload, int messages) throws Exception;

  /** Publishes with at most {@code window} that wait for their acknowledgement. */
  void publishAsync(String subject, byte[] payload, int messages, int window) throws Exception;

  /** Has a handler called for each message, with the library's default options. */
  void consume(String stream, String consumer, int messages, boolean ack) throws Exception;

  /** Fetches and acknowledges batches of {@code batch} messages. */
  void fetch(String stream, String consumer, int messages, int batch) throws Exception;

  /** Asks for one message at a time and acknowledges it. */
  void next(String stream, String consumer, int messages) throws Exception;

  /** Begins to consume with the library's default options and returns; messages are acked. */
  void handle(String stream, String consumer, Runnable each) throws Exception;

  /** Waits until the connection was lost and made again. */
  void awaitReconnect() throws InterruptedException;

  /** Waits for all that a latch counts. */
  static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException(latch.getCount() + " are missing");
    }
  }

  @Override
  void close() throws Exception;
}
