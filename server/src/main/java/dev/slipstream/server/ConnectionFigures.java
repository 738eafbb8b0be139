// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.List;

/**
 * One client as it was at a moment, or at its end.
 *
 * @param id the number the server gave it
 * @param host the peer's address; empty for a client in this process
 * @param port the peer's port; 0 for a client in this process
 * @param startEpochNanos when it came
 * @param lastActivityEpochNanos when it last said something
 * @param stopEpochNanos when it went; 0 while it is here
 * @param reason why it went, in the words of the public server; empty while it is here
 * @param rttNanos how long its last PONG took; 0 before the first
 * @param pendingBytes what waits to be sent to it
 * @param traffic its own
 * @param subscriptionCount how many subscriptions it has, or had
 * @param subscriptions these, when they were asked for and the client is here
 * @param name what it calls itself in CONNECT; empty for nothing
 * @param language of its library, by CONNECT; empty for none
 * @param version of its library, by CONNECT; empty for none
 * @param user the name it was let in with; empty for none
 * @param account the account it belongs to
 */
public record ConnectionFigures(
    long id,
    String host,
    int port,
    long startEpochNanos,
    long lastActivityEpochNanos,
    long stopEpochNanos,
    String reason,
    long rttNanos,
    long pendingBytes,
    TrafficFigures traffic,
    int subscriptionCount,
    List<SubscriptionFigures> subscriptions,
    String name,
    String language,
    String version,
    String user,
    String account) {

  /** Holds the subscriptions as they are now. */
  public ConnectionFigures {
    subscriptions = List.copyOf(subscriptions);
  }

  /** Whether it has gone. */
  public boolean isClosed() {
    return stopEpochNanos != 0;
  }
}
