// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.PriorityGroupState;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;

/**
 * The client that a consumer with the policy {@code pinned_client} is pinned to: it alone is served
 * until it has not asked for the priority timeout, or is unpinned. Owner: the stream's loop.
 * Source: ADR-42.
 */
final class PinnedClient {
  private final Consumer consumer;
  private String id = "";
  private String group = "";
  private Instant pinnedAt = Rfc3339.ZERO;
  private long endsAtNanos;

  PinnedClient(Consumer consumer) {
    this.consumer = consumer;
  }

  /** The id by which the client asks and gets its messages; empty when none is pinned. */
  String id() {
    return id;
  }

  boolean isNone() {
    return id.isEmpty();
  }

  /** Pins the client of a request, which it has an id from now on. */
  void pin(WaitingPull pull) {
    if (pull.group.isEmpty()) {
      return;
    }
    id = Names.unique(consumer.stream.random());
    group = pull.group;
    pull.pinId = id;
    pinnedAt = Clock.instant(consumer.clock().epochNanos());
    asked();
    consumer.stream.advisories().pinned(consumer, group, id);
  }

  /** The pinned client has asked: its time begins anew. */
  void asked() {
    endsAtNanos = consumer.clock().nanos() + consumer.config().priorityTimeoutNanos();
  }

  /** Nanoseconds until its time is over; the maximum when none is pinned. */
  long dueInNanos(long now) {
    return isNone() ? Long.MAX_VALUE : endsAtNanos - now;
  }

  /** Unpins it if its time is over; answers whether it was. */
  boolean endIfDue(long now) {
    if (isNone() || endsAtNanos - now > 0) {
      return false;
    }
    release();
    consumer.stream.advisories().unpinned(consumer, group, "timeout");
    return true;
  }

  /** An administrator unpins whoever is pinned in a group. */
  void unpin(String ofGroup) {
    release();
    consumer.stream.advisories().unpinned(consumer, ofGroup, "admin");
    consumer.wake();
  }

  /** Nobody is pinned any more. */
  void release() {
    id = "";
    pinnedAt = Rfc3339.ZERO;
  }

  /** How a group is shown. */
  PriorityGroupState state(String ofGroup) {
    return new PriorityGroupState(ofGroup, id, pinnedAt);
  }
}
