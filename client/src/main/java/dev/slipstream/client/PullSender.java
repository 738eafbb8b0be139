// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.PullRequest;
import org.jspecify.annotations.Nullable;

/** Sends the pulls of a consumption, and acks that go out with the next of them. Loop-owned. */
final class PullSender {
  private final ConsumerLink link;
  private final ConsumeOptions options;
  private final PullInbox inbox;

  /** Its ack goes out with the next pull; null when there is none. */
  private @Nullable JsMessage ackWaits;

  PullSender(ConsumerLink link, ConsumeOptions options, PullInbox inbox) {
    this.link = link;
    this.options = options;
    this.inbox = inbox;
  }

  /** As {@link PullState.Actions#pull}. */
  boolean pull(long number, int messages, long bytes, long expiresNanos, long heartbeatNanos) {
    PullRequest.Builder request =
        PullRequest.builder(messages)
            .maxBytes(bytes)
            .expiresNanos(expiresNanos)
            .idleHeartbeatNanos(heartbeatNanos);
    JsMessage acked = ackWaits;
    ackWaits = null;
    if (acked == null) {
      link.pull(request, options.priority(), inbox.present(), number);
    } else if (!options.bareNext()) {
      link.ackAndPull(acked, request, options.priority(), inbox.present(), number);
    } else {
      link.ackAndNext(acked, inbox.present(), number);
      return false;
    }
    return true;
  }

  /** Acknowledges a message, with the pull that {@code release} makes due or by itself. */
  void ack(JsMessage message, Runnable release) {
    ackWaits = message;
    release.run();
    JsMessage alone = ackWaits;
    ackWaits = null;
    if (alone != null) {
      link.ack(alone);
    }
  }
}
