// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.ImportMapping;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.server.config.AccountConfig;
import dev.slipstream.server.config.ExportConfig;
import dev.slipstream.server.config.ImportConfig;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Connects accounts as their configuration says, which has been checked. */
final class SharingBuilder {
  private final Map<String, Account> accounts;
  private final List<ServerLoop> loops;
  private final @Nullable DomainMapping domain;
  private final Map<ExportConfig, ServiceExport> exports = new IdentityHashMap<>();

  /**
   * Will connect these accounts.
   *
   * @param domain the mapping of the server's domain; null without one
   */
  SharingBuilder(
      Map<String, Account> accounts, List<ServerLoop> loops, @Nullable DomainMapping domain) {
    this.accounts = accounts;
    this.domain = domain;
    this.loops = loops;
  }

  void connect() {
    accounts.values().forEach(account -> account.share(sharing(account)));
  }

  private Sharing sharing(Account account) {
    AccountConfig config = account.config();
    List<StreamImport> streams = new ArrayList<>();
    List<ServiceImport> services = new ArrayList<>();
    for (ImportConfig each : config.imports()) {
      if (each.kind() == ExportConfig.Kind.STREAM) {
        streams.add(
            new StreamImport(exporter(each), each.subject(), each.filterHere(), mapping(each)));
      } else {
        services.add(serviceImport(account, each));
      }
    }
    boolean answers =
        config.exports().stream().anyMatch(each -> each.kind() == ExportConfig.Kind.SERVICE);
    return new Sharing(
        streams,
        services,
        answers || !services.isEmpty()
            ? new ServiceReplies(account, loops.size(), loops.get(0).random())
            : null,
        SubjectMappings.of(config.mappings(), domain));
  }

  private ServiceImport serviceImport(Account account, ImportConfig wanted) {
    Account exporter = exporter(wanted);
    ExportConfig export =
        Objects.requireNonNull(
            exporter.config().export(ExportConfig.Kind.SERVICE, wanted.subject()));
    return new ServiceImport(
        account,
        exporter,
        wanted.filterHere(),
        wanted.subject(),
        mapping(wanted),
        exports.computeIfAbsent(export, ServiceExport::new),
        wanted.share());
  }

  private Account exporter(ImportConfig wanted) {
    return Objects.requireNonNull(accounts.get(wanted.account()));
  }

  private static @Nullable ImportMapping mapping(ImportConfig wanted) {
    try {
      return wanted.mapping();
    } catch (MappingException unchecked) {
      throw new IllegalArgumentException("an import that was not checked", unchecked);
    }
  }
}
