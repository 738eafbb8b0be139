// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.util.List;
import java.util.OptionalInt;

/**
 * How an elastic group is made. Immutable; of the group only the members and mappings can be
 * changed.
 *
 * @param maxMembers how many partitions it has
 * @param filters the subjects it takes, and their keys; none for all subjects, each a key
 * @param maxBufferedMessages how many messages its stream holds; 0 without limit
 * @param maxBufferedBytes how many bytes its stream holds; 0 without limit
 * @param members those that share the partitions
 * @param mappings or those with the partitions of each
 */
public record ElasticGroupConfig(
    int maxMembers,
    List<PartitioningFilter> filters,
    long maxBufferedMessages,
    long maxBufferedBytes,
    List<String> members,
    List<MemberMapping> mappings)
    implements GroupConfig {
  /** Copies the lists. */
  public ElasticGroupConfig {
    filters = List.copyOf(filters);
    members = List.copyOf(members);
    mappings = List.copyOf(mappings);
  }

  /** So many partitions of the subjects of these filters, without members. */
  public static ElasticGroupConfig of(int partitions, PartitioningFilter... filters) {
    return new ElasticGroupConfig(partitions, List.of(filters), 0, 0, List.of(), List.of());
  }

  /**
   * With limits for the group's stream. When it is full it takes nothing from the group's origin
   * for a second or more, so it should hold more than is handled in that time.
   */
  public ElasticGroupConfig maxBuffered(long messages, long bytes) {
    return new ElasticGroupConfig(maxMembers, filters, messages, bytes, members, mappings);
  }

  /** With members that share the partitions evenly, instead of those it had. */
  public ElasticGroupConfig members(List<String> names) {
    return new ElasticGroupConfig(
        maxMembers, filters, maxBufferedMessages, maxBufferedBytes, names, List.of());
  }

  /** With members with the partitions of each, instead of those it had. */
  public ElasticGroupConfig mappings(List<MemberMapping> newMappings) {
    return new ElasticGroupConfig(
        maxMembers, filters, maxBufferedMessages, maxBufferedBytes, List.of(), newMappings);
  }

  @Override
  public List<String> subjects() {
    return filters.stream().map(PartitioningFilter::filter).toList();
  }

  /**
   * The partition of a subject of the group's origin; empty when the group does not take it. As
   * servers do, the first filter that takes it says.
   */
  public OptionalInt partition(String subject) {
    List<PartitioningFilter> all = filters.isEmpty() ? List.of(PartitioningFilter.ALL) : filters;
    return all.stream()
        .map(each -> each.partition(subject, maxMembers))
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  /** Whether another one differs in members and mappings at most. */
  boolean isChangeOf(ElasticGroupConfig other) {
    return members(List.of()).equals(other.members(List.of()));
  }
}
