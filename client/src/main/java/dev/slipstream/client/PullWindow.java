// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * The window of a consumption: what was asked of the server and has not come, what came and is not
 * released, and how much more may be asked for within {@link PullLimits}.
 *
 * <p>Owned by a {@link PullState}. Units: bytes as the server counts them.
 */
final class PullWindow {
  /** The smallest share of the byte window that is worth a pull. */
  private static final int SHARES = 32;

  private final AskedPulls asked = new AskedPulls();

  /** They shrink when the consumer's are smaller. */
  private PullLimits limits;

  private boolean grantAllBytes;
  private int bufferedMessages;
  private long bufferedBytes;
  private long leftToDeliver;
  private long delivered;

  PullWindow(PullLimits limits) {
    this.limits = limits;
    leftToDeliver = limits.deliverAtMost();
  }

  AskedPulls asked() {
    return asked;
  }

  PullLimits limits() {
    return limits;
  }

  int bufferedMessages() {
    return bufferedMessages;
  }

  long bufferedBytes() {
    return bufferedBytes;
  }

  long delivered() {
    return delivered;
  }

  /** The consumer's limits are smaller, by a refusal: pulls stay within them; false when not. */
  boolean shrink(String refusal) {
    PullLimits smaller = limits.within(refusal);
    if (smaller != null) {
      limits = smaller;
    }
    return smaller != null;
  }

  /** More messages may be delivered in all. */
  void allow(long messages) {
    leftToDeliver += Math.min(messages, Long.MAX_VALUE - leftToDeliver);
  }

  /** A message came that was asked for. */
  void arrived(int bytes) {
    asked.arrived(bytes);
    buffer(bytes);
    if (asked.messages() == 0 || limits.maxBytes() > 0 && asked.bytes() == 0) {
      asked.clear();
    }
  }

  /** A message came that is not asked for any more; false when there is no room for it. */
  boolean takeLate(int bytes) {
    boolean free =
        held() < limits.maxMessages()
            && leftToDeliver > asked.messages()
            && (limits.maxBytes() == 0
                || asked.bytes() + bufferedBytes + bytes <= limits.maxBytes());
    if (free) {
      buffer(bytes);
    }
    return free;
  }

  private void buffer(int bytes) {
    bufferedMessages++;
    bufferedBytes += bytes;
    delivered++;
    leftToDeliver--;
    grantAllBytes = false;
  }

  /** The handler has done with messages. */
  void released(int messages, long bytes) {
    bufferedMessages -= messages;
    bufferedBytes -= bytes;
  }

  /** A message did not fit into the bytes of a pull that brought nothing: the next gets all. */
  void tooSmall(AskedPulls.Pull pull) {
    grantAllBytes |= pull.deliveredBefore() == delivered;
  }

  private int held() {
    return asked.messages() + bufferedMessages;
  }

  /** Whether so little is held that more should be asked for. */
  boolean isDue() {
    return held() <= limits.threshold();
  }

  /** How many messages to ask for; not positive for none. */
  int messagesToAsk() {
    return (int) Math.min(limits.maxMessages() - held(), leftToDeliver - asked.messages());
  }

  /**
   * How many bytes to ask for: half of what is free, so that the next pull finds some too, though
   * the server reports what a pull did not use only when it is over. All of it when half was too
   * small for one message. 0 when it is better to wait.
   */
  long bytesToAsk() {
    long maxBytes = limits.maxBytes();
    if (bufferedBytes > maxBytes / 2) {
      return 0;
    }
    long free = maxBytes - asked.bytes() - bufferedBytes;
    if (held() == 0 && grantAllBytes) {
      return free;
    }
    long half = (free + 1) / 2;
    return half * SHARES >= maxBytes ? half : 0;
  }

  /** How many messages the handler has to release before a pull may be due; 0 for none. */
  int releasesUntilDue() {
    if (bufferedMessages == 0) {
      return 0;
    }
    int byCount = held() - limits.threshold();
    int half = (bufferedMessages + 1) / 2;
    return byCount > 0 ? Math.min(byCount, half) : half;
  }
}
