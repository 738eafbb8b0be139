// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * What pulls say of themselves to a consumer with priority groups. Source: ADR-42.
 *
 * @param group the group they belong to
 * @param minPending they are served while so many messages wait; 0 for any number
 * @param minAckPending or while so many acknowledgements are awaited; 0 for any number
 * @param priority 0 to 9, the lowest is served first
 */
public record Priority(String group, long minPending, long minAckPending, int priority) {
  private static final int LAST = 9;

  /** Refuses what no server takes. */
  public Priority {
    Subjects.checkName(group, "priority group");
    if (minPending < 0 || minAckPending < 0) {
      throw new IllegalArgumentException(
          "not a number of messages: " + Math.min(minPending, minAckPending));
    }
    if (priority < 0 || priority > LAST) {
      throw new IllegalArgumentException("a priority is 0 to 9, not " + priority);
    }
  }

  /** A member of a group of which one is pinned, and gets all messages as long as it pulls. */
  public static Priority pinned(String group) {
    return new Priority(group, 0, 0, 0);
  }

  /** A member of a group that is served when so much waits that the others do not keep up. */
  public static Priority overflow(String group, long minPending, long minAckPending) {
    return new Priority(group, minPending, minAckPending, 0);
  }

  /** A member of a group that is served when none of a lower number pulls. */
  public static Priority prioritized(String group, int priority) {
    return new Priority(group, 0, 0, priority);
  }
}
