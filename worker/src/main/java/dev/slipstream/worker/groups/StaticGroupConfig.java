// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.util.List;

/**
 * How a static group is made. Immutable, and so is the group: what differs is another group.
 *
 * @param maxMembers how many partitions the subjects of its stream have
 * @param filters the subjects it takes, without the partition; none for all
 * @param members those that share the partitions
 * @param mappings or those with the partitions of each
 */
public record StaticGroupConfig(
    int maxMembers, List<String> filters, List<String> members, List<MemberMapping> mappings)
    implements GroupConfig {
  /** Copies the lists. */
  public StaticGroupConfig {
    filters = List.copyOf(filters);
    members = List.copyOf(members);
    mappings = List.copyOf(mappings);
  }

  /** Members that share so many partitions evenly. */
  public static StaticGroupConfig balanced(int partitions, String... members) {
    return new StaticGroupConfig(partitions, List.of(), List.of(members), List.of());
  }

  /** Members with the partitions of each; every partition has to be somebody's. */
  public static StaticGroupConfig mapped(int partitions, MemberMapping... mappings) {
    return new StaticGroupConfig(partitions, List.of(), List.of(), List.of(mappings));
  }

  /** With other subjects, without their partition. They hold for members, not for mappings. */
  public StaticGroupConfig filters(String... subjects) {
    return new StaticGroupConfig(maxMembers, List.of(subjects), members, mappings);
  }

  @Override
  public List<String> subjects() {
    return filters;
  }
}
