// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.ImportMapping;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import dev.slipstream.server.config.MappingConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of an account: under which subject a message of its clients is really published. The
 * first in the order of the file that matches counts, and chance decides between its destinations;
 * where none matches, that of the domain counts.
 *
 * <p>Immutable, and read on any loop. Source: NATS documentation, "subject mapping".
 */
final class SubjectMappings {
  private final List<Mapping> mappings = new ArrayList<>();
  private final @Nullable DomainMapping domain;

  private record Mapping(byte[] source, List<Destination> destinations) {}

  /** A destination takes what chance has between the one before it and {@code upTo}. */
  private record Destination(SubjectMapping mapping, int upTo) {}

  private SubjectMappings(List<MappingConfig> configs, @Nullable DomainMapping domain) {
    this.domain = domain;
    configs.forEach(config -> mappings.add(mapping(config)));
  }

  /**
   * The mappings of a configuration that has been checked, and of a domain; null without any.
   *
   * @param domain null when the server has no domain
   */
  static @Nullable SubjectMappings of(List<MappingConfig> configs, @Nullable DomainMapping domain) {
    return configs.isEmpty() && domain == null ? null : new SubjectMappings(configs, domain);
  }

  private static Mapping mapping(MappingConfig config) {
    List<MappingConfig.Destination> all = new ArrayList<>(config.destinations());
    int total = all.stream().mapToInt(MappingConfig.Destination::weight).sum();
    if (total < MappingConfig.WHOLE && !config.lossy()) {
      String same = ImportMapping.asDestination(config.source());
      all.add(new MappingConfig.Destination(same, MappingConfig.WHOLE - total));
    }
    all.sort(Comparator.comparingInt(MappingConfig.Destination::weight));
    List<Destination> destinations = new ArrayList<>();
    int upTo = 0;
    for (MappingConfig.Destination each : all) {
      upTo += each.weight();
      destinations.add(new Destination(subjectMapping(config.source(), each.subject()), upTo));
    }
    return new Mapping(Subject.bytes(config.source()), destinations);
  }

  private static SubjectMapping subjectMapping(String source, String destination) {
    try {
      return SubjectMapping.of(source, destination);
    } catch (MappingException unchecked) {
      throw new IllegalArgumentException("a mapping that was not checked", unchecked);
    }
  }

  /**
   * What a subject becomes, {@code bytes} itself when no mapping matches; null when the message is
   * dropped.
   */
  byte @Nullable [] map(byte[] bytes, int from, int to, RandomGenerator random) {
    for (int i = 0; i < mappings.size(); i++) {
      Mapping mapping = mappings.get(i);
      if (Subject.matches(bytes, from, to, mapping.source)) {
        SubjectMapping chosen = choose(mapping.destinations, random);
        String subject = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        String mapped = chosen == null ? null : chosen.map(subject, random);
        return mapped == null ? null : Subject.bytes(mapped);
      }
    }
    byte[] mapped = domain == null ? null : domain.map(bytes, from, to);
    return mapped == null ? bytes : mapped;
  }

  private static @Nullable SubjectMapping choose(
      List<Destination> destinations, RandomGenerator random) {
    if (destinations.size() == 1 && destinations.get(0).upTo == MappingConfig.WHOLE) {
      return destinations.get(0).mapping;
    }
    int chance = random.nextInt(MappingConfig.WHOLE);
    for (int i = 0; i < destinations.size(); i++) {
      if (chance < destinations.get(i).upTo) {
        return destinations.get(i).mapping;
      }
    }
    return null;
  }
}
