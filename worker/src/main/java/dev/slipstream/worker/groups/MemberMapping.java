// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.util.List;

/**
 * The partitions that a member of a group has been given by name.
 *
 * @param member the member
 * @param partitions their numbers, from 0 on
 */
public record MemberMapping(String member, List<Integer> partitions) {
  /** Copies the list. */
  public MemberMapping {
    partitions = List.copyOf(partitions);
  }

  /** The mapping of a member. */
  public static MemberMapping of(String member, Integer... partitions) {
    return new MemberMapping(member, List.of(partitions));
  }
}
