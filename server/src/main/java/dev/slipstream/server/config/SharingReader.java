// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the exports and imports of an account. */
final class SharingReader {

  private final ConfigReport report;

  SharingReader(ConfigReport report) {
    this.report = report;
  }

  List<ExportConfig> exports(ConfigValue.Entry entry) {
    List<ExportConfig> exports = new ArrayList<>();
    for (ConfigValue item : Fields.items(entry.value(), "Exports should be an array")) {
      report.guard(
          () ->
              exports.add(
                  export(Fields.block(item, "Export Items should be a map with type entry"))));
    }
    return exports;
  }

  List<ImportConfig> imports(ConfigValue.Entry entry) {
    List<ImportConfig> imports = new ArrayList<>();
    Map<List<String>, String> services = new HashMap<>();
    for (ConfigValue item : Fields.items(entry.value(), "Imports should be an array")) {
      report.guard(
          () -> {
            ImportConfig read =
                importOf(Fields.block(item, "Import Items should be a map with type entry"));
            if (read.kind() == ExportConfig.Kind.SERVICE) {
              String before =
                  services.putIfAbsent(List.of(read.account(), read.here()), read.subject());
              if (before != null) {
                throw new ConfigReport.BadField(
                    item.position(),
                    "Duplicate service import subject "
                        + GoQuote.quote(read.here())
                        + ", previously used in import for account "
                        + GoQuote.quote(read.account())
                        + ", subject "
                        + GoQuote.quote(before));
              }
            }
            imports.add(read);
          });
    }
    return imports;
  }

  private ExportConfig export(ConfigValue.Block block) {
    ExportFold fold = new ExportFold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    ExportConfig.Kind kind = fold.kind;
    if (kind == null) {
      throw new ConfigReport.BadField(block.position(), "Export needs a stream or a service");
    }
    if (!Subject.isValidFilter(fold.subject)) {
      throw new ConfigReport.BadField(
          block.position(),
          "Error adding "
              + kind.name().toLowerCase(Locale.ROOT)
              + " export "
              + GoQuote.quote(fold.subject)
              + ": invalid subject");
    }
    if (kind == ExportConfig.Kind.STREAM && fold.serviceOnly != null) {
      throw new ConfigReport.BadField(
          fold.serviceOnly.position(),
          "Detected " + fold.serviceOnlyName + " directive on non-service");
    }
    return new ExportConfig(
        kind,
        fold.subject,
        fold.accounts,
        fold.responseType,
        fold.thresholdNanos,
        fold.latency,
        fold.tokenPosition);
  }

  /** An export as far as it is read. */
  private final class ExportFold {
    private ExportConfig.@Nullable Kind kind;
    private String subject = "";
    private List<String> accounts = List.of();
    private ExportConfig.ResponseType responseType = ExportConfig.ResponseType.SINGLETON;
    private long thresholdNanos;
    private ExportConfig.@Nullable Latency latency;
    private int tokenPosition;
    private ConfigValue.@Nullable Entry serviceOnly;
    private String serviceOnlyName = "";

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "stream" -> offer(ExportConfig.Kind.STREAM, field);
        case "service" -> offer(ExportConfig.Kind.SERVICE, field);
        case "response", "response_type" -> {
          forService(field, "response");
          responseType = responseType(field);
        }
        case "threshold", "response_threshold", "response_max_time", "response_time" -> {
          forService(field, "response");
          thresholdNanos = Fields.duration(field);
        }
        case "latency" -> {
          forService(field, "latency");
          latency = latency(field);
          report.notBuilt("latency of services", field.position());
        }
        case "accounts" -> accounts = Fields.texts(field);
        case "account_token_position" -> tokenPosition = Fields.count(field);
        case "allow_trace" -> {
          forService(field, "allow_trace");
          report.notBuilt("allow_trace", field.position());
        }
        default -> report.unknownField(field);
      }
    }

    private void offer(ExportConfig.Kind offered, ConfigValue.Entry field) {
      if (kind != null && kind != offered) {
        throw new ConfigReport.BadField(
            field.position(),
            "Detected "
                + offered.name().toLowerCase(Locale.ROOT)
                + " "
                + GoQuote.quote(Fields.text(field))
                + " but already saw a "
                + kind.name().toLowerCase(Locale.ROOT));
      }
      kind = offered;
      subject = Fields.text(field);
    }

    private void forService(ConfigValue.Entry field, String name) {
      serviceOnly = field;
      serviceOnlyName = name;
    }
  }

  private static ExportConfig.ResponseType responseType(ConfigValue.Entry field) {
    String type = Fields.text(field);
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "single", "singleton" -> ExportConfig.ResponseType.SINGLETON;
      case "stream" -> ExportConfig.ResponseType.STREAM;
      case "chunk", "chunked" -> ExportConfig.ResponseType.CHUNKED;
      default ->
          throw new ConfigReport.BadField(
              field.position(), "Unknown response type: " + GoQuote.quote(type));
    };
  }

  private static ExportConfig.Latency latency(ConfigValue.Entry field) {
    if (field.value() instanceof ConfigValue.Text subject) {
      return new ExportConfig.Latency(100, subject.text());
    }
    int sampling = 100;
    String subject = null;
    for (ConfigValue.Entry part : Fields.block(field).entries()) {
      switch (Fields.name(part)) {
        case "sampling" -> sampling = sampling(part);
        case "subject" -> subject = Fields.text(part);
        default -> {}
      }
    }
    if (subject == null) {
      throw new ConfigReport.BadField(field.position(), "Latency subject required, but missing");
    }
    return new ExportConfig.Latency(sampling, subject);
  }

  private static int sampling(ConfigValue.Entry part) {
    int percent;
    if (part.value() instanceof ConfigValue.Text text) {
      String shown = text.text().trim();
      if (shown.equalsIgnoreCase("headers")) {
        return 0;
      }
      try {
        percent =
            Integer.parseInt(shown.endsWith("%") ? shown.substring(0, shown.length() - 1) : shown);
      } catch (NumberFormatException malformed) {
        percent = -1;
      }
    } else {
      percent = Fields.count(part);
    }
    if (percent < 1 || percent > 100) {
      throw new ConfigReport.BadField(part.position(), "bad sampling percentage, should be 1-100");
    }
    return percent;
  }

  private ImportConfig importOf(ConfigValue.Block block) {
    ImportFold fold = new ImportFold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    if (fold.kind == null) {
      throw new ConfigReport.BadField(block.position(), "Import needs a stream or a service");
    }
    if (fold.kind == ExportConfig.Kind.STREAM && fold.to != null && fold.prefix != null) {
      throw new ConfigReport.BadField(
          block.position(), "Stream import can not have a 'prefix' and a 'to' property");
    }
    return new ImportConfig(
        fold.kind, fold.account, fold.subject, fold.to, fold.prefix, fold.share);
  }

  /** An import as far as it is read. */
  private final class ImportFold {
    private ExportConfig.@Nullable Kind kind;
    private String account = "";
    private String subject = "";
    private @Nullable String to;
    private @Nullable String prefix;
    private boolean share;

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "stream" -> source(ExportConfig.Kind.STREAM, field);
        case "service" -> source(ExportConfig.Kind.SERVICE, field);
        case "prefix" -> prefix = Fields.text(field);
        case "to" -> to = Fields.text(field);
        case "share" -> share = Fields.flag(field);
        case "allow_trace" -> report.notBuilt("allow_trace", field.position());
        default -> report.unknownField(field);
      }
    }

    private void source(ExportConfig.Kind from, ConfigValue.Entry field) {
      String name = from.name().toLowerCase(Locale.ROOT);
      if (kind != null && kind != from) {
        throw new ConfigReport.BadField(
            field.position(),
            "Detected " + name + " but already saw a " + kind.name().toLowerCase(Locale.ROOT));
      }
      kind = from;
      String entry = from == ExportConfig.Kind.STREAM ? "Stream" : "Service";
      ConfigValue.Block block =
          Fields.block(field.value(), entry + " entry should be an account map");
      for (ConfigValue.Entry part : block.entries()) {
        switch (Fields.name(part)) {
          case "account" -> account = Fields.text(part);
          case "subject" -> subject = Fields.text(part);
          default -> report.unknownField(part);
        }
      }
      if (account.isEmpty() || subject.isEmpty()) {
        throw new ConfigReport.BadField(field.position(), "Expect an account name and a subject");
      }
    }
  }
}
