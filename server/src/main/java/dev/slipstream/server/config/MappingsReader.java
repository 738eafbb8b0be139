// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the subject mappings of an account: each source with one destination or several. */
final class MappingsReader {
  private static final String NO_CLUSTER = "";

  private final ConfigReport report;

  MappingsReader(ConfigReport report) {
    this.report = report;
  }

  /** A destination as written, which may be for one cluster only. */
  private record Written(String subject, int weight, String cluster) {}

  List<MappingConfig> read(ConfigValue.Entry entry) {
    List<MappingConfig> mappings = new ArrayList<>();
    for (ConfigValue.Entry mapping : Fields.block(entry).entries()) {
      report.guard(() -> mappings.add(mapping(entry, mapping)));
    }
    return mappings;
  }

  private MappingConfig mapping(ConfigValue.Entry all, ConfigValue.Entry entry) {
    String source = entry.key();
    if (!Subject.isValidFilter(source)) {
      throw new ConfigReport.BadField(
          all.position(), "Subject " + GoQuote.quote(source) + " is not a valid subject");
    }
    List<Written> written = new ArrayList<>();
    String adding = "Error adding mapping for " + GoQuote.quote(source);
    if (entry.value() instanceof ConfigValue.Text text) {
      adding += " to " + GoQuote.quote(text.text());
      written.add(new Written(text.text(), MappingConfig.WHOLE, NO_CLUSTER));
    } else if (entry.value() instanceof ConfigValue.Items items) {
      items.values().forEach(item -> report.guard(() -> written.add(destination(item))));
    } else {
      written.add(destination(entry.value()));
    }
    String problem = problem(source, written);
    if (problem != null) {
      throw new ConfigReport.BadField(entry.position(), adding + " : " + problem);
    }
    return new MappingConfig(
        source,
        written.stream()
            .filter(each -> each.cluster.equals(NO_CLUSTER))
            .map(each -> new MappingConfig.Destination(each.subject, each.weight))
            .toList(),
        written.stream().anyMatch(each -> each.subject.equals(source)));
  }

  private static Written destination(ConfigValue value) {
    if (!(value instanceof ConfigValue.Block block)) {
      throw new ConfigReport.BadField(
          value.position(), "Expected an entry for the mapping destination");
    }
    String subject = "";
    String cluster = NO_CLUSTER;
    int weight = -1;
    for (ConfigValue.Entry field : block.entries()) {
      switch (Fields.name(field)) {
        case "dest", "destination" -> subject = Fields.text(field);
        case "weight" -> weight = weight(field);
        case "cluster" -> cluster = Fields.text(field);
        default ->
            throw new ConfigReport.BadField(
                field.position(),
                "Unknown field " + GoQuote.quote(field.key()) + " for mapping destination");
      }
    }
    if (weight < 0) {
      throw new ConfigReport.BadField(
          value.position(), "Missing weight for mapping destination " + GoQuote.quote(subject));
    }
    return new Written(subject, weight, cluster);
  }

  private static int weight(ConfigValue.Entry field) {
    long weight;
    if (field.value() instanceof ConfigValue.Text text) {
      String shown = text.text();
      String number = shown.endsWith("%") ? shown.substring(0, shown.length() - 1) : shown;
      try {
        weight = Integer.parseInt(number);
      } catch (NumberFormatException malformed) {
        throw new ConfigReport.BadField(
            field.position(),
            "Invalid weight " + GoQuote.quote(number) + " for mapping destination");
      }
    } else {
      weight = Fields.whole(field);
    }
    if (weight < 0 || weight > MappingConfig.WHOLE) {
      throw new ConfigReport.BadField(
          field.position(), "Invalid weight " + weight + " for mapping destination");
    }
    return (int) weight;
  }

  private static @Nullable String problem(String source, List<Written> destinations) {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> weights = new HashMap<>();
    for (Written each : destinations) {
      if (!seen.add(each.subject)) {
        return "duplicate entry for " + GoQuote.quote(each.subject);
      }
      if (weights.merge(each.cluster, each.weight, Integer::sum) > MappingConfig.WHOLE) {
        return "total weight needs to be <= 100";
      }
      if (each.subject.isEmpty()) {
        return "invalid mapping destination: invalid transform"; // the public server falls over it
      }
      try {
        SubjectMapping.validate(source, each.subject);
      } catch (MappingException invalid) {
        return invalid.getMessage();
      }
    }
    return null;
  }
}
