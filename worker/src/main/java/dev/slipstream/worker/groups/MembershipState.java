// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a membership is doing, for health checks.
 *
 * @param phase what it is doing
 * @param partitions the partitions of the member, as the group says now
 * @param lastFailure why it could not have its consumer the last time; null when it has it
 */
public record MembershipState(
    Phase phase, List<Integer> partitions, @Nullable Throwable lastFailure) {
  /** Copies the list. */
  public MembershipState {
    partitions = List.copyOf(partitions);
  }

  /** What a membership can be doing. */
  public enum Phase {
    /** The member is not in the group, or has no partition: it waits for that to change. */
    OUTSIDE,
    /** It cannot have its consumer yet, and tries again. */
    WAITING,
    /**
     * It pulls, but as far as it knows another instance of the member is served, or no message has
     * come yet.
     */
    STANDBY,
    /** It pulls, and is the instance of the member that is served. */
    ACTIVE,
    /** It lets go of its partitions, and waits for the handler to return. */
    RELEASING,
    /** It has ended. */
    ENDED
  }
}
