// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;

/**
 * How a {@link JetStream} context talks to its server. Immutable.
 *
 * @param prefix what subjects of the API begin with, without a final dot
 * @param timeout how long a request of the API or a synchronous publish waits for its answer
 * @param maxInFlightMessages unanswered asynchronous publishes, at most
 * @param maxInFlightBytes bytes of these
 * @param publishTimeout how long an asynchronous publish waits for its answer
 * @param publishRetries how often a publish is sent again when nobody listened
 * @param publishRetryDelay how long it waits before that
 */
public record JetStreamOptions(
    String prefix,
    Duration timeout,
    int maxInFlightMessages,
    int maxInFlightBytes,
    Duration publishTimeout,
    int publishRetries,
    Duration publishRetryDelay) {
  /** Refuses bounds that let nothing through. */
  public JetStreamOptions {
    Subjects.checkPublish(prefix);
    if (maxInFlightMessages < 1 || maxInFlightBytes < 1 || publishRetries < 0) {
      throw new IllegalArgumentException("a window is positive, retries are not negative");
    }
  }

  /**
   * {@code $JS.API}, 5 s, 4096 messages and 64 MiB in flight, 30 s for their answers, two retries
   * after 250 ms each.
   */
  public static JetStreamOptions defaults() {
    return new JetStreamOptions(
        "$JS.API",
        Duration.ofSeconds(5),
        4096,
        64 * 1024 * 1024,
        Duration.ofSeconds(30),
        2,
        Duration.ofMillis(250));
  }

  /** In a JetStream domain. */
  public JetStreamOptions domain(String domain) {
    return prefix("$JS." + domain + ".API");
  }

  /** With another prefix. */
  public JetStreamOptions prefix(String newPrefix) {
    return new JetStreamOptions(
        newPrefix,
        timeout,
        maxInFlightMessages,
        maxInFlightBytes,
        publishTimeout,
        publishRetries,
        publishRetryDelay);
  }

  /** With another time-out of requests. */
  public JetStreamOptions timeout(Duration newTimeout) {
    return new JetStreamOptions(
        prefix,
        newTimeout,
        maxInFlightMessages,
        maxInFlightBytes,
        publishTimeout,
        publishRetries,
        publishRetryDelay);
  }

  /** With another window of asynchronous publishes. */
  public JetStreamOptions maxInFlight(int messages, int bytes) {
    return new JetStreamOptions(
        prefix, timeout, messages, bytes, publishTimeout, publishRetries, publishRetryDelay);
  }

  /** With another time-out of asynchronous publishes. */
  public JetStreamOptions publishTimeout(Duration newTimeout) {
    return new JetStreamOptions(
        prefix,
        timeout,
        maxInFlightMessages,
        maxInFlightBytes,
        newTimeout,
        publishRetries,
        publishRetryDelay);
  }

  /** With other retries of publishes that nobody listened to. */
  public JetStreamOptions publishRetries(int retries, Duration delay) {
    return new JetStreamOptions(
        prefix, timeout, maxInFlightMessages, maxInFlightBytes, publishTimeout, retries, delay);
  }
}
