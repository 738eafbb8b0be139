// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads permissions: of a user, or the default ones of a block of users. */
final class PermissionsReader {

  private final ConfigReport report;

  PermissionsReader(ConfigReport report) {
    this.report = report;
  }

  Permissions read(ConfigValue.Entry entry) {
    ConfigValue.Block block =
        Fields.block(entry.value(), "Expected permissions to be a map/struct");
    Fold fold = new Fold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    return new Permissions(fold.publish, fold.subscribe, fold.responses);
  }

  /** Permissions as far as they are read. */
  private final class Fold {
    private SubjectPermissions publish = SubjectPermissions.ALL;
    private SubjectPermissions subscribe = SubjectPermissions.ALL;
    private @Nullable ResponsePermission responses;

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "pub", "publish", "import" -> publish = subjects(field, false);
        case "sub", "subscribe", "export" -> subscribe = subjects(field, true);
        case "publish_allow_responses", "allow_responses" -> responses = responses(field);
        default -> unknown(field);
      }
    }
  }

  private SubjectPermissions subjects(ConfigValue.Entry entry, boolean allowQueue) {
    if (!(entry.value() instanceof ConfigValue.Block block)) {
      return new SubjectPermissions(subjectList(entry, allowQueue), List.of());
    }
    List<List<String>> allow = new ArrayList<>(1);
    List<String> deny = new ArrayList<>();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(
          () -> {
            switch (Fields.name(field)) {
              case "allow" -> allow.add(subjectList(field, allowQueue));
              case "deny" -> deny.addAll(subjectList(field, allowQueue));
              default -> {
                if (!field.usedAsVariable()) {
                  throw new ConfigReport.BadField(
                      field.position(),
                      "Unknown field name "
                          + GoQuote.quote(field.key())
                          + " parsing subject permissions, only 'allow' or 'deny' are permitted");
                }
              }
            }
          });
    }
    return new SubjectPermissions(allow.isEmpty() ? null : allow.get(0), deny);
  }

  private static List<String> subjectList(ConfigValue.Entry entry, boolean allowQueue) {
    List<String> subjects = new ArrayList<>();
    if (entry.value() instanceof ConfigValue.Text text) {
      subjects.add(text.text());
    } else if (entry.value() instanceof ConfigValue.Items items) {
      for (ConfigValue item : items.values()) {
        if (!(item instanceof ConfigValue.Text text)) {
          throw new ConfigReport.BadField(
              item.position(), "Subject in permissions array cannot be cast to string");
        }
        subjects.add(text.text());
      }
    } else {
      throw new ConfigReport.BadField(
          entry.position(),
          "Expected subject permissions to be a subject, or array of subjects, got "
              + entry.value().kind());
    }
    for (String subject : subjects) {
      check(subject, allowQueue, entry.position());
    }
    return subjects;
  }

  private static void check(String subject, boolean allowQueue, SourcePosition position) {
    if (Subject.isValidFilter(subject)) {
      return;
    }
    String[] parts = subject.trim().split("\\s+");
    if (!allowQueue || parts.length != 2) {
      throw notASubject(subject, position);
    }
    if (!Subject.isValidFilter(parts[0])) {
      throw notASubject(parts[0], position);
    }
    if (!Subject.isValidFilter(parts[1])) {
      throw new ConfigReport.BadField(
          position, "queue " + GoQuote.quote(parts[1]) + " is not a valid queue");
    }
  }

  private static ConfigReport.BadField notASubject(String subject, SourcePosition position) {
    return new ConfigReport.BadField(
        position, "subject " + GoQuote.quote(subject) + " is not a valid subject");
  }

  private @Nullable ResponsePermission responses(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Flag flag) {
      return flag.on() ? ResponsePermission.DEFAULT : null;
    }
    if (!(entry.value() instanceof ConfigValue.Block block)) {
      throw new ConfigReport.BadField(
          entry.position(), "error parsing response permissions, expected a boolean or a map");
    }
    int maxMessages = ResponsePermission.DEFAULT.maxMessages();
    long expiresNanos = ResponsePermission.DEFAULT.expiresNanos();
    for (ConfigValue.Entry field : block.entries()) {
      switch (Fields.name(field)) {
        case "max", "max_msgs", "max_messages", "max_responses" -> {
          int max = Fields.count(field);
          maxMessages = max != 0 ? max : maxMessages;
        }
        case "expires", "expiration", "ttl" -> {
          long expires = Fields.duration(field);
          expiresNanos = expires != 0 ? expires : expiresNanos;
        }
        default -> unknown(field);
      }
    }
    return new ResponsePermission(maxMessages, expiresNanos);
  }

  private static void unknown(ConfigValue.Entry field) {
    if (!field.usedAsVariable()) {
      throw new ConfigReport.BadField(
          field.position(), "Unknown field " + GoQuote.quote(field.key()) + " parsing permissions");
    }
  }
}
