// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Finds all that is wrong with a configuration, by the rules of the public clients; of one that is
 * to be written also the names and subjects that no server would take.
 *
 * <p>Fields have the names of the format. For one thread.
 */
final class GroupCheck {
  /** What can be a token of a key of a bucket and the name of a consumer. */
  private static final Pattern NAME = Pattern.compile("[-_=a-zA-Z0-9]+");

  private static final int MOST_FAULTS = 20;

  private final List<String> wrong = new ArrayList<>();

  private GroupCheck() {}

  /** What is wrong with a configuration that was read. */
  static List<String> faults(GroupConfig config) {
    GroupCheck check = new GroupCheck();
    check.config(config);
    return check.wrong;
  }

  /**
   * Checks a configuration that is to be written.
   *
   * @throws IllegalArgumentException when something is wrong, with every field that is
   */
  static void check(GroupConfig config) {
    GroupCheck check = new GroupCheck();
    check.config(config);
    check.memberNames(config.memberNames());
    if (config instanceof StaticGroupConfig fixed) {
      for (int i = 0; i < fixed.filters().size(); i++) {
        check.subject("filters[" + i + "]", fixed.filters().get(i));
      }
    } else if (config instanceof ElasticGroupConfig elastic) {
      for (int i = 0; i < elastic.filters().size(); i++) {
        check.subject("partitioning_filters[" + i + "].filter", elastic.filters().get(i).filter());
      }
      check.add(elastic.maxBufferedMessages() < 0, "max_buffered_msg: negative");
      check.add(elastic.maxBufferedBytes() < 0, "max_buffered_bytes: negative");
    }
    check.finish("the configuration of a group cannot be used: ");
  }

  /**
   * Checks the names of a stream and a group.
   *
   * @throws IllegalArgumentException when one of them cannot be part of a key
   */
  static void checkNames(String stream, String group) {
    GroupCheck check = new GroupCheck();
    check.name("stream", stream);
    check.name("group", group);
    check.finish("not the name of a group: ");
  }

  /**
   * Checks the names of members.
   *
   * @throws IllegalArgumentException when there are none, or when one cannot name a consumer
   */
  static void checkMembers(List<String> members) {
    GroupCheck check = new GroupCheck();
    check.add(members.isEmpty(), "there are none");
    check.memberNames(members);
    check.finish("not the names of members: ");
  }

  private void config(GroupConfig config) {
    int most = GroupConfig.MOST_PARTITIONS;
    int partitions = config.maxMembers();
    add(partitions < 1 || partitions > most, "max_members: " + partitions + " is not 1 to " + most);
    if (config instanceof ElasticGroupConfig elastic) {
      for (int i = 0; i < elastic.filters().size(); i++) {
        partitioningFilter("partitioning_filters[" + i + "]", elastic.filters().get(i));
      }
    }
    add(
        !config.members().isEmpty() && !config.mappings().isEmpty(),
        "members, member_mappings: a group has one of them, not both");
    if (!config.mappings().isEmpty() && partitions >= 1 && partitions <= most) {
      mappings(config.mappings(), partitions);
    }
  }

  private void partitioningFilter(String field, PartitioningFilter filter) {
    String[] tokens = Subject.tokens(filter.filter());
    int stars = 0;
    for (String token : tokens) {
      stars += token.equals("*") ? 1 : 0;
    }
    add(
        stars == 0 && !tokens[tokens.length - 1].equals(">"),
        field + ".filter: '" + filter.filter() + "' has no * and does not end with >");
    Set<Integer> seen = new HashSet<>();
    for (int wildcard : filter.wildcards()) {
      add(!seen.add(wildcard), field + ".partitioning_wildcards: " + wildcard + " is there twice");
      add(
          wildcard < 1 || wildcard > stars,
          field + ".partitioning_wildcards: there is no * number " + wildcard);
    }
  }

  private void mappings(List<MemberMapping> mappings, int partitions) {
    add(
        mappings.size() > partitions,
        "member_mappings: " + mappings.size() + " members for " + partitions + " partitions");
    Set<String> members = new HashSet<>();
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < mappings.size(); i++) {
      String field = "member_mappings[" + i + "]";
      MemberMapping mapping = mappings.get(i);
      String member = mapping.member();
      add(!members.add(member), field + ".member: '" + member + "' is there twice");
      for (int partition : mapping.partitions()) {
        add(!taken.add(partition), field + ".partitions: " + partition + " is taken twice");
        add(
            partition < 0 || partition >= partitions,
            field + ".partitions: " + partition + " is not 0 to " + (partitions - 1));
      }
    }
    Set<Integer> free = new TreeSet<>();
    for (int i = 0; i < partitions && free.size() < MOST_FAULTS; i++) {
      if (!taken.contains(i)) {
        free.add(i);
      }
    }
    add(!free.isEmpty(), "member_mappings: nobody has the partitions " + free);
  }

  private void memberNames(List<String> members) {
    members.forEach(member -> name("member", member));
  }

  private void name(String field, String name) {
    add(
        !NAME.matcher(name).matches(),
        field + ": '" + name + "' is not of letters, digits, -, _ and =");
  }

  private void subject(String field, String subject) {
    add(
        !Subject.isValidFilter(subject) || Subject.hasWhitespace(subject),
        field + ": not a subject: '" + subject + "'");
  }

  private void add(boolean isWrong, String text) {
    if (isWrong && wrong.size() < MOST_FAULTS) {
      wrong.add(text);
    }
  }

  private void finish(String what) {
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(what + String.join("; ", wrong));
    }
  }
}
