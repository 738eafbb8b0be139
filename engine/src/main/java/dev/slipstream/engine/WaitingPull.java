// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.PullRequest;

/** One open pull request: where its messages go, what it may still get, and until when. */
final class WaitingPull {
  final byte[] reply;
  final boolean noWait;

  /** When it ends, monotonic; 0 when it waits as long as somebody listens on its reply. */
  final long expiresNanos;

  final long heartbeatNanos;

  /** Messages it still wants. */
  int remaining;

  /** Bytes it still takes; 0 when it set no limit, or when they are used up. */
  long remainingBytes;

  /** Messages it got. */
  int delivered;

  /** The run of delivery in which somebody was known to listen on the reply. */
  long wantedInRun;

  /** When the next idle heartbeat is due, monotonic; 0 without heartbeats. */
  long heartbeatAtNanos;

  /** Its priority group; empty when it named none. */
  final String group;

  /** The lowest number is served first. */
  final int priority;

  /** How many messages must be pending for it to be served; 0 for any number. */
  final long minPending;

  /** How many acknowledgements must be awaited for it to be served; 0 for any number. */
  final long minAckPending;

  /** The id of the pinned client that asks, or that it became; empty for another one. */
  String pinId;

  /**
   * A request that came.
   *
   * @param named whether it could name a group, which a plain number cannot
   */
  WaitingPull(byte[] reply, PullRequest request, boolean named, long nowNanos) {
    this.reply = reply;
    group = request.group();
    priority = named ? request.priority() : Integer.MAX_VALUE;
    minPending = request.minPending();
    minAckPending = request.minAckPending();
    pinId = request.id();
    noWait = request.noWait();
    remaining = Math.max(1, request.batch());
    remainingBytes = request.maxBytes();
    expiresNanos = request.expiresNanos() > 0 ? nowNanos + request.expiresNanos() : 0;
    heartbeatNanos = request.idleHeartbeatNanos();
    heartbeatAtNanos = heartbeatNanos > 0 ? nowNanos + heartbeatNanos : 0;
  }

  boolean isExpired(long nowNanos) {
    return expiresNanos != 0 && nowNanos - expiresNanos >= 0;
  }
}
