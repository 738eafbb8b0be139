// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayDeque;
import java.util.Collection;

/**
 * The clients of one loop that have gone: the traffic of all of them, and the figures of the latest
 * {@value #MOST_KEPT}. Belongs to the loop.
 */
final class ClosedConnections {
  private static final int MOST_KEPT = 5_000;

  private final Traffic traffic = new Traffic();
  private final ArrayDeque<ConnectionFigures> latest = new ArrayDeque<>();

  void add(Traffic had, ConnectionFigures last) {
    traffic.add(had);
    if (latest.size() == MOST_KEPT) {
      latest.poll();
    }
    latest.add(last);
  }

  Traffic traffic() {
    return traffic;
  }

  /** Those that are kept, oldest first. */
  Collection<ConnectionFigures> latest() {
    return latest;
  }
}
