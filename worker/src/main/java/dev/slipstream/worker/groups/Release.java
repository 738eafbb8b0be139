// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.GuardedMailbox;
import dev.slipstream.client.NatsException;
import java.util.concurrent.TimeUnit;

/**
 * Lets go of what a membership holds: no more messages, then the handler returns, some time later
 * at most, then the server has counted its acknowledgement. Only behind that may others have the
 * partitions, so that no key is handled in two places.
 *
 * <p>Owner: the mailbox of the membership.
 */
final class Release {
  private static final System.Logger LOG = System.getLogger(Release.class.getName());
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int MOST_LOOKS = 10;

  private final Holding held;
  private final boolean cutOff;
  private final GuardedMailbox mailbox;
  private final Owner owner;
  private boolean returned;
  private int looks;
  private int before = -1;

  /** The membership. */
  interface Owner {
    /** How many acknowledgements the server waits for; may block. */
    int numAckPending();

    /** All is let go. */
    void onReleased(Release release);
  }

  /**
   * @param cutOff there is no connection to ask or tell the server anything
   */
  Release(Holding held, boolean cutOff, GuardedMailbox mailbox, Owner owner) {
    this.held = held;
    this.cutOff = cutOff;
    this.mailbox = mailbox;
    this.owner = owner;
  }

  Holding held() {
    return held;
  }

  boolean isCutOff() {
    return cutOff;
  }

  /** Takes no more messages, and gives the handler so long to return. */
  void begin(long limitNanos) {
    held.stop();
    EventLoop.Timer limit = mailbox.later(limitNanos, this::returned);
    held.closed()
        .thenAccept(
            why ->
                mailbox.post(
                    () -> {
                      limit.cancel();
                      returned();
                    }));
  }

  /** The handler has returned, or its message is delivered again anyway. */
  void returned() {
    if (!returned) {
      returned = true;
      look();
    }
  }

  /** Looks until the number of acks stands still: those that were sent are counted then. */
  private void look() {
    int awaited = cutOff ? 0 : awaited();
    if (awaited == 0 || awaited == before || looks == MOST_LOOKS) {
      owner.onReleased(this);
      return;
    }
    before = awaited;
    looks++;
    mailbox.later(LOOK_AGAIN_NANOS, this::look);
  }

  private int awaited() {
    try {
      return owner.numAckPending();
    } catch (NatsException unknown) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: acks are not known: {1}", held.consumer(), unknown);
      return 0;
    }
  }
}
