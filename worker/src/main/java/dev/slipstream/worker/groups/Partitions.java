// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who has which partition, as every client of a group has to find it by itself.
 *
 * <p>Members are taken once each, in the order of the bytes of their names, no more than there are
 * partitions. Each has a block of as many partitions as all can have; those that are left over go
 * to the first ones, one each. Mappings are taken as they are.
 *
 * <p>Pure functions. Source: the public clients' groups ("pcgroups"), whose answers a test has.
 */
final class Partitions {
  /** Go orders texts by their bytes; the order of Java's differs beyond U+D7FF. */
  private static final Comparator<String> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(bytes(one), bytes(other));

  private static final List<String> ALL = List.of(">");

  private Partitions() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The partitions of a member, in the order of its consumer's filters. */
  static List<Integer> of(GroupConfig config, String member) {
    return config.members().isEmpty()
        ? mapped(config.mappings(), member)
        : balanced(config.members(), config.maxMembers(), member);
  }

  private static List<Integer> mapped(List<MemberMapping> mappings, String member) {
    return mappings.stream()
        .filter(each -> each.member().equals(member))
        .flatMap(each -> each.partitions().stream())
        .toList();
  }

  private static List<Integer> balanced(List<String> all, int partitions, String member) {
    List<String> members = all.stream().distinct().sorted(BY_BYTES).limit(partitions).toList();
    int place = members.indexOf(member);
    List<Integer> mine = new ArrayList<>();
    if (place < 0) {
      return mine;
    }
    int block = partitions / members.size();
    for (int i = 0; i < block; i++) {
      mine.add(place * block + i);
    }
    int rest = block * members.size() + place;
    if (rest < partitions) {
      mine.add(rest);
    }
    return mine;
  }

  /**
   * What the consumer of a member filters on; nothing when it has no partition. With mappings all
   * subjects of a partition are taken, whatever the group's subjects: so do the public clients, and
   * instances of a member have to agree on their consumer.
   */
  static List<String> filters(GroupConfig config, String member) {
    boolean mapped = config.members().isEmpty();
    List<String> subjects = mapped || config.subjects().isEmpty() ? ALL : config.subjects();
    Set<String> filters = new LinkedHashSet<>();
    for (String subject : subjects) {
      for (int partition : of(config, member)) {
        filters.add(partition + "." + subject);
      }
    }
    return List.copyOf(filters);
  }
}
