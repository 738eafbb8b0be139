// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The replies that are awaited because of requests of one loop, each in a slot whose number stands
 * in its subject.
 *
 * <p>The loop of the requests adds; every loop reads. A slot is free again when its reply is over,
 * which nobody has to say: whoever looks for a free one sees it. At most {@link #MOST} at a time;
 * beyond, the one of a few that was used longest ago gives way, and its responses reach nobody.
 */
final class ReplySlots {
  static final int MOST = 1 << 16;

  private static final int FIRST = 64;
  private static final int LOOKED_AT = 16;

  private volatile AtomicReferenceArray<@Nullable PendingReply> slots =
      new AtomicReferenceArray<>(FIRST);
  private int next;

  /** A slot for a reply, free or freed. Owner only. */
  int free(long nowNanos) {
    AtomicReferenceArray<@Nullable PendingReply> all = slots;
    int length = all.length();
    int oldest = next;
    PendingReply oldestReply = null;
    for (int i = 0; i < LOOKED_AT; i++) {
      int slot = (next + i) & (length - 1);
      PendingReply there = all.get(slot);
      if (there == null || there.isOver(nowNanos)) {
        next = (slot + 1) & (length - 1);
        return slot;
      }
      if (oldestReply == null || there.usedNanos() - oldestReply.usedNanos() < 0) {
        oldest = slot;
        oldestReply = there;
      }
    }
    if (length < MOST) {
      grow(all);
      next = length + 1;
      return length;
    }
    next = (oldest + 1) & (length - 1);
    return oldest;
  }

  /** Puts a reply into a slot that is {@link #free}. Owner only. */
  void put(int slot, PendingReply reply) {
    slots.set(slot, reply);
  }

  /** What stands in a slot, over or not; null for nothing. Any loop. */
  @Nullable PendingReply get(int slot) {
    AtomicReferenceArray<@Nullable PendingReply> all = slots;
    return slot < all.length() ? all.get(slot) : null;
  }

  private void grow(AtomicReferenceArray<@Nullable PendingReply> all) {
    AtomicReferenceArray<@Nullable PendingReply> larger =
        new AtomicReferenceArray<>(2 * all.length());
    for (int i = 0; i < all.length(); i++) {
      larger.set(i, all.get(i));
    }
    slots = larger;
  }
}
