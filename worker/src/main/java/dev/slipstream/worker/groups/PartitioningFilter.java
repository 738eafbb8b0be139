// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which subjects of a stream an elastic group takes, and which of their tokens are the key that
 * says the partition. Source: "subject mapping and partitioning" of the NATS documentation.
 *
 * @param filter a subject with at least one {@code *}, or with {@code >} at its end
 * @param wildcards which {@code *} of it, counted from 1, stand for the tokens of the key; none for
 *     the whole subject
 */
public record PartitioningFilter(String filter, List<Integer> wildcards) {
  /** What takes every subject, each of which is a key. */
  static final PartitioningFilter ALL = of(">");

  /** Copies the list. */
  public PartitioningFilter {
    wildcards = List.copyOf(wildcards);
  }

  /** The filter with the wildcards of its key; without any the whole subject is the key. */
  public static PartitioningFilter of(String filter, Integer... wildcards) {
    return new PartitioningFilter(filter, List.of(wildcards));
  }

  /**
   * The partition of a subject, 0 to {@code partitions - 1}, as servers compute it; empty when the
   * filter does not take the subject.
   *
   * @throws IllegalArgumentException when there are no partitions, or when the filter is none
   */
  public OptionalInt partition(String subject, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("not a number of partitions: " + partitions);
    }
    try {
      String mapped = SubjectMapping.of(filter, destination(partitions)).map(subject, () -> 0);
      return mapped == null
          ? OptionalInt.empty()
          : OptionalInt.of(Integer.parseInt(mapped.substring(0, mapped.indexOf('.'))));
    } catch (MappingException wrong) {
      throw new IllegalArgumentException("not a filter for partitions: " + this, wrong);
    }
  }

  /** What a subject becomes in the group's stream: its partition stands before it. */
  String destination(int partitions) {
    StringBuilder text = new StringBuilder("{{Partition(").append(partitions);
    wildcards.forEach(each -> text.append(',').append(each));
    text.append(")}}");
    int stars = 0;
    for (String token : Subject.tokens(filter)) {
      text.append('.').append(token.equals("*") ? "{{Wildcard(" + ++stars + ")}}" : token);
    }
    return text.toString();
  }
}
