// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.time.Duration;

/**
 * The times of a membership, all of which follow from the ack wait of the member's consumer, so
 * that an instance that is gone is noticed when its messages would come again.
 *
 * <p>Source: the public clients' groups ("pcgroups"), whose instances share consumers with these.
 */
record GroupTimings(Duration ackWait) {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration BEHIND = Duration.ofMillis(500);

  /**
   * How long a pull waits; half the time for which a pin holds, so that it never lapses between.
   */
  Duration expires() {
    return atLeast(ackWait.dividedBy(2));
  }

  /** How long an instance stays pinned that does not pull. */
  Duration pin() {
    return atLeast(ackWait);
  }

  /** After how long the consumer of an elastic group goes that nobody pulls from. */
  Duration idle() {
    return ackWait;
  }

  /** How long others are given to leave a consumer that is not as it should be. */
  Duration patience() {
    return ackWait.plus(BEHIND);
  }

  private static Duration atLeast(Duration duration) {
    return duration.compareTo(LEAST) < 0 ? LEAST : duration;
  }
}
