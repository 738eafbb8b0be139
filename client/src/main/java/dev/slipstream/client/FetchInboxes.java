// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions for the answers to fetches, used again and again: a fetch that ended in order
 * leaves its inbox to the next, of whichever consumer. Loop-owned.
 */
final class FetchInboxes {
  /** Idle ones that are kept. */
  private static final int MOST_IDLE = 16;

  private final Connection connection;
  private final ArrayDeque<Inbox> idle = new ArrayDeque<>();

  /** Takes what comes for one fetch. */
  interface User {
    /** A message. */
    void onMessage(MessageFrame frame);

    /** What the server says of the present pull. */
    void onStatus(PullStatus status);
  }

  FetchInboxes(Connection connection) {
    this.connection = connection;
  }

  Inbox take(User user) {
    Inbox inbox = idle.poll();
    if (inbox == null) {
      inbox = new Inbox(connection.nextPullInbox());
      connection.interests().add(inbox.interest);
    }
    inbox.user = user;
    return inbox;
  }

  /** Gives an inbox back; one that more may come to is not used again. */
  void giveBack(Inbox inbox, boolean clean) {
    inbox.user = null;
    if (clean && idle.size() < MOST_IDLE) {
      idle.push(inbox);
    } else {
      connection.drain(inbox.interest);
    }
  }

  /** One subscription with a number for each pull. */
  final class Inbox implements Interest.Sink {
    private final byte[] prefix;
    private final Interest interest;
    private @Nullable User user;
    private long lastPull;

    Inbox(String name) {
      prefix = (name + ".").getBytes(StandardCharsets.UTF_8);
      interest = new Interest(connection.interests().nextSid(), name + ".*", "", this);
    }

    byte[] prefix() {
      return prefix;
    }

    /** The number of the next pull. */
    long nextPull() {
      return ++lastPull;
    }

    @Override
    public void onFrame(MessageFrame frame) {
      PullStatus status = PullStatus.of(frame, prefix);
      User present = user;
      if (status == null && present != null) {
        present.onMessage(frame);
      } else if (status == null) {
        // it came too late for its fetch: the next one is to have it
        connection
            .outbound()
            .write(Frame.nak(connection, frame.line, frame.replyStart, frame.replyEnd));
      } else if (present != null && status.pull() == lastPull) {
        present.onStatus(status);
      }
    }
  }
}
