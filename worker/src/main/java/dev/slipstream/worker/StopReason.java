// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * Why something supervised has stopped, or did not start.
 *
 * <p>Values, safe to share. {@link #isAbnormal} is what a {@link Restart#TRANSIENT} child is judged
 * by.
 */
public sealed interface StopReason {

  /** It had nothing left to do. */
  record Normal() implements StopReason {}

  /** It was asked to stop: closed, or stopped by its supervisor. */
  record Shutdown() implements StopReason {}

  /** Its {@code init} did not want it to run. */
  record Ignored() implements StopReason {}

  /** Its {@code init} refused, and said why. */
  record Refused(Object why) implements StopReason {}

  /**
   * It found no connection, stream or consumer, however often it tried.
   *
   * @param attempts how often
   * @param last why the last attempt failed
   */
  record Timeout(int attempts, @Nullable Throwable last) implements StopReason {}

  /** Its code threw. */
  record Failed(Throwable cause) implements StopReason {}

  /** It did not stop in time, or was not given any: its code may still run, nobody waits for it. */
  record Killed() implements StopReason {}

  /**
   * A life that it is linked to has stopped abnormally, see {@link Workers#startLinked(PullWorker,
   * Object)}.
   *
   * @param id what it is linked to
   * @param reason why that has stopped
   */
  record Linked(String id, StopReason reason) implements StopReason {}

  /**
   * A supervisor gave up.
   *
   * @param child the one that failed once too often
   * @param last why it stopped the last time
   */
  record RestartsExceeded(String child, StopReason last) implements StopReason {}

  /** Whether this was not meant to happen. */
  default boolean isAbnormal() {
    return !(this instanceof Normal || this instanceof Shutdown || this instanceof Ignored);
  }

  /** The failure behind it, or null. */
  default @Nullable Throwable cause() {
    if (this instanceof Failed failed) {
      return failed.cause();
    }
    if (this instanceof Timeout timeout) {
      return timeout.last();
    }
    if (this instanceof Linked linked) {
      return linked.reason().cause();
    }
    return this instanceof RestartsExceeded exceeded ? exceeded.last().cause() : null;
  }
}
