// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.server.config.ExportConfig.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what accounts share: whoever imports must be allowed to, must be able to map back, and
 * must not get to hear itself by way of others.
 *
 * <p>In the public server's order: exports of streams, exports of services, imports of streams,
 * imports of services, each through all accounts. An import is held against those before it, so
 * that the one that closes a circle is the one that is refused.
 */
final class SharingRules {
  /** How many accounts a search for circles goes through. */
  private static final int MOST_ACCOUNTS_SEARCHED = 1024;

  private final ConfigReport report;
  private final SourcePosition position;
  private final Map<String, AccountConfig> accounts;
  private final Map<String, List<ImportConfig>> taken = new HashMap<>();

  SharingRules(ConfigReport report, SourcePosition position, Map<String, AccountConfig> accounts) {
    this.report = report;
    this.position = position;
    this.accounts = accounts;
  }

  void check() {
    for (Kind kind : Kind.values()) {
      for (AccountConfig account : accounts.values()) {
        account.exports().stream().filter(each -> each.kind() == kind).forEach(this::checkExport);
      }
    }
    for (Kind kind : Kind.values()) {
      for (AccountConfig account : accounts.values()) {
        account.imports().stream()
            .filter(each -> each.kind() == kind)
            .forEach(wanted -> checkImport(account, wanted));
      }
    }
  }

  private void checkExport(ExportConfig export) {
    for (String importer : export.accounts()) {
      defined(importer, export.kind(), "export");
    }
    int at = export.accountTokenPosition();
    String[] tokens = Subject.tokens(export.subject());
    if (at > 0 && (at > tokens.length || !tokens[at - 1].equals("*"))) {
      refuse(export.kind(), "export", export.subject(), "sublist: invalid subject");
    }
  }

  private void checkImport(AccountConfig importer, ImportConfig wanted) {
    if (!defined(wanted.account(), wanted.kind(), "import")) {
      return;
    }
    AccountConfig exporter = Objects.requireNonNull(accounts.get(wanted.account()));
    String problem =
        wanted.kind() == Kind.STREAM
            ? streamProblem(importer, exporter, wanted)
            : serviceProblem(importer, exporter, wanted);
    if (problem == null) {
      taken.computeIfAbsent(importer.name(), name -> new ArrayList<>()).add(wanted);
    } else {
      refuse(wanted.kind(), "import", wanted.subject(), problem);
    }
  }

  private boolean defined(String name, Kind kind, String direction) {
    if (accounts.containsKey(name)) {
      return true;
    }
    report.error(
        position, GoQuote.quote(name) + " account not defined for " + word(kind) + " " + direction);
    return false;
  }

  private void refuse(Kind kind, String direction, String subject, String problem) {
    report.error(
        position,
        "Error adding "
            + word(kind)
            + " "
            + direction
            + " "
            + GoQuote.quote(subject)
            + ": "
            + problem);
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private @Nullable String streamProblem(
      AccountConfig importer, AccountConfig exporter, ImportConfig wanted) {
    if (!isAuthorized(importer, exporter, wanted)) {
      return "stream import not authorized";
    }
    String prefix = wanted.prefix();
    if (prefix != null && !Subject.isLiteral(prefix)) {
      return "stream import prefix can not contain wildcard tokens";
    }
    for (String subject : List.of(wanted.here(), wanted.subject())) {
      String circle =
          circle(Kind.STREAM, exporter, subject, new HashSet<>(Set.of(importer.name())));
      if (circle != null) {
        return circle;
      }
    }
    try {
      wanted.mapping();
    } catch (MappingException invalid) {
      return mappingProblem("stream", wanted.subject(), wanted.here(), invalid);
    }
    boolean known =
        taken.getOrDefault(importer.name(), List.of()).stream()
            .anyMatch(
                each ->
                    each.kind() == Kind.STREAM
                        && each.account().equals(wanted.account())
                        && each.subject().equals(wanted.subject()));
    return known ? "stream import already exists" : null;
  }

  private @Nullable String serviceProblem(
      AccountConfig importer, AccountConfig exporter, ImportConfig wanted) {
    if (!Subject.isValidFilter(wanted.here()) || !Subject.isValidFilter(wanted.subject())) {
      return "sublist: invalid subject";
    }
    if (!isAuthorized(importer, exporter, wanted)) {
      return "service import not authorized";
    }
    String circle =
        circle(Kind.SERVICE, exporter, wanted.filterHere(), new HashSet<>(Set.of(importer.name())));
    if (circle != null) {
      return circle;
    }
    try {
      wanted.mapping();
    } catch (MappingException invalid) {
      return mappingProblem("service", wanted.here(), wanted.subject(), invalid);
    }
    return null;
  }

  private static String mappingProblem(
      String kind, String from, String to, MappingException invalid) {
    return "failed to create mapping transform for "
        + kind
        + " import subject from "
        + GoQuote.quote(from)
        + " to "
        + GoQuote.quote(to)
        + ": "
        + invalid.getMessage();
  }

  private static boolean isAuthorized(
      AccountConfig importer, AccountConfig exporter, ImportConfig wanted) {
    if (!Subject.isValidFilter(wanted.subject())) {
      return false;
    }
    ExportConfig export = exporter.export(wanted.kind(), wanted.subject());
    if (export == null) {
      return false;
    }
    // what is exported more than once is for all who are named, or for everybody if nobody is
    List<ExportConfig> restricted =
        exporter.exports().stream()
            .filter(each -> each.kind() == export.kind())
            .filter(each -> each.subject().equals(export.subject()) && !each.isPublic())
            .toList();
    return restricted.isEmpty()
        || restricted.stream().anyMatch(each -> each.allows(importer.name(), wanted.subject()));
  }

  /** What is wrong if the exporter gets to hear the subject from whom it would tell of it. */
  private @Nullable String circle(
      Kind kind, AccountConfig exporter, String subject, Set<String> visited) {
    if (visited.size() >= MOST_ACCOUNTS_SEARCHED) {
      return "search cycle depth exhausted";
    }
    if (kind == Kind.STREAM && exporter.export(kind, subject) == null) {
      return null;
    }
    for (ImportConfig each : taken.getOrDefault(exporter.name(), List.of())) {
      String shared = kind == Kind.STREAM ? each.filterHere() : each.subject();
      if (each.kind() != kind || !Subject.overlap(subject, shared)) {
        continue;
      }
      if (visited.contains(each.account())) {
        return "import forms a cycle";
      }
      visited.add(exporter.name());
      String narrowed = Subject.isSubset(each.filterHere(), subject) ? each.filterHere() : subject;
      AccountConfig next = Objects.requireNonNull(accounts.get(each.account()));
      String found = circle(kind, next, narrowed, visited);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
