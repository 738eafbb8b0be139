// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.util.List;
import java.util.stream.Stream;

/**
 * How a group is made: its partitions, its subjects and its members.
 *
 * <p>A group has members, over which its partitions are spread evenly, or mappings that say who has
 * which, but not both.
 */
public sealed interface GroupConfig permits StaticGroupConfig, ElasticGroupConfig {
  /** How many partitions a group has at most; this client's bound, the format has none. */
  int MOST_PARTITIONS = 65_536;

  /** How many members it has at most, which is how many partitions it has. */
  int maxMembers();

  /** The members that share all partitions evenly; none when there are mappings. */
  List<String> members();

  /** The members with the partitions that each has; none when there are members. */
  List<MemberMapping> mappings();

  /** The subjects that the group takes, without their partition; none for all. */
  List<String> subjects();

  /** The names of all members, mapped or not. */
  default List<String> memberNames() {
    return Stream.concat(members().stream(), mappings().stream().map(MemberMapping::member))
        .distinct()
        .toList();
  }

  /** Whether somebody is a member; one that is one too many is, but has no partition. */
  default boolean hasMember(String member) {
    return memberNames().contains(member);
  }

  /** The partitions of a member; none when it has none or is no member. */
  default List<Integer> partitions(String member) {
    return Partitions.of(this, member);
  }
}
