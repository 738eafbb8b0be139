// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a consumption has asked of the server and has not got: the pulls under way, and the sum of
 * their messages and bytes.
 *
 * <p>Deliveries do not name the pull that they answer, statuses do. So the sums are exact, while of
 * a single pull it is only known how it began and whether it is over. Not thread-safe.
 */
final class AskedPulls {
  private final ArrayDeque<Pull> pulls = new ArrayDeque<>();
  private long lastNumber;
  private int messages;
  private long bytes;

  /** Whether one of them has neither expiry nor heartbeats. */
  private boolean endless;

  /**
   * One pull as it was sent.
   *
   * @param number what its statuses come under
   * @param overNanos when it is over, whatever becomes of its status
   * @param deliveredBefore messages that the consumption had got when it was sent
   */
  record Pull(
      long number,
      int messages,
      long bytes,
      long sentNanos,
      long overNanos,
      long deliveredBefore) {}

  /** Notes a pull that is sent now; its number is new. */
  Pull add(int askedMessages, long askedBytes, long now, long lifeNanos, long delivered) {
    Pull pull = new Pull(++lastNumber, askedMessages, askedBytes, now, now + lifeNanos, delivered);
    pulls.add(pull);
    messages += askedMessages;
    bytes += askedBytes;
    return pull;
  }

  /**
   * The server keeps the pull that was added last until it is answered: none of them is given up
   * before nothing is asked any more.
   */
  void setEndless() {
    endless = true;
  }

  boolean isEndless() {
    return endless;
  }

  /** A message came. */
  void arrived(int size) {
    messages = Math.max(0, messages - 1);
    bytes = Math.max(0, bytes - size);
  }

  /** A pull is over: the rest that it was still good for is not asked any more. */
  void end(Pull pull, long restMessages, long restBytes) {
    pulls.remove(pull);
    messages = (int) Math.max(0, messages - restMessages);
    bytes = Math.max(0, bytes - restBytes);
    if (pulls.isEmpty() || messages == 0) {
      clear();
    }
  }

  /** Pulls whose time is over are so, whatever became of their status. */
  void expire(long now) {
    if (endless || !pulls.removeIf(pull -> now - pull.overNanos >= 0)) {
      return;
    }
    int leftMessages = 0;
    long leftBytes = 0;
    for (Pull left : pulls) {
      leftMessages += left.messages;
      leftBytes += left.bytes;
    }
    messages = Math.min(messages, leftMessages);
    bytes = Math.min(bytes, leftBytes);
  }

  /** Nothing is asked any more. */
  void clear() {
    pulls.clear();
    messages = 0;
    bytes = 0;
    endless = false;
  }

  @Nullable Pull find(long number) {
    for (Pull pull : pulls) {
      if (pull.number == number) {
        return pull;
      }
    }
    return null;
  }

  /**
   * When the first of them is over, or {@link Long#MAX_VALUE}. It need not be the oldest: limits of
   * the consumer that were learnt between shorten those that follow.
   */
  long firstOverNanos() {
    long first = Long.MAX_VALUE;
    if (endless) {
      return first;
    }
    for (Pull pull : pulls) {
      first = first == Long.MAX_VALUE || pull.overNanos - first < 0 ? pull.overNanos : first;
    }
    return first;
  }

  /** Pulls under way. */
  int count() {
    return pulls.size();
  }

  int messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }
}
