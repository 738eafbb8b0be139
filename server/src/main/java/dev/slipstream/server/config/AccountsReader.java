// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.json.GoQuote;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the accounts block: names only, or accounts with users, JetStream and sharing. */
final class AccountsReader {

  private final ConfigReport report;
  private final UsersReader users;
  private final PermissionsReader permissions;
  private final SharingReader sharing;
  private final MappingsReader mappings;
  private final Map<String, AccountConfig> accounts = new LinkedHashMap<>();

  AccountsReader(ConfigReport report, UsersReader users, PermissionsReader permissions) {
    this.report = report;
    this.users = users;
    this.permissions = permissions;
    this.sharing = new SharingReader(report);
    this.mappings = new MappingsReader(report);
  }

  void read(ConfigValue.Entry entry, ServerConfigBuilder config) {
    if (entry.value() instanceof ConfigValue.Items names) {
      names.values().forEach(name -> report.guard(() -> readName(name)));
    } else {
      for (ConfigValue.Entry account : Fields.block(entry).entries()) {
        if (!account.usedAsVariable()) {
          report.guard(() -> readAccount(account));
        }
      }
    }
    if (report.errors().isEmpty()) {
      new SharingRules(report, entry.position(), accounts).check();
    }
    config.accounts(List.copyOf(accounts.values()));
  }

  boolean hasUsers() {
    return accounts.values().stream().anyMatch(account -> !account.users().isEmpty());
  }

  private void readName(ConfigValue item) {
    if (!(item instanceof ConfigValue.Text name)) {
      throw new ConfigReport.BadField(
          item.position(), "Expected an account name, got " + item.kind());
    }
    reserved(name.text(), item.position());
    if (accounts.putIfAbsent(name.text(), AccountConfig.named(name.text())) != null) {
      throw new ConfigReport.BadField(item.position(), "Duplicate Account Entry: " + name.text());
    }
  }

  private static void reserved(String name, SourcePosition position) {
    if (name.equals(AccountConfig.GLOBAL)) {
      throw new ConfigReport.BadField(position, GoQuote.quote(name) + " is a Reserved Account");
    }
  }

  private void readAccount(ConfigValue.Entry entry) {
    if (!(entry.value() instanceof ConfigValue.Block block)) {
      throw new ConfigReport.BadField(entry.position(), "Expected map entries for accounts");
    }
    reserved(entry.key(), entry.position());
    Fold fold = new Fold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    accounts.put(
        entry.key(),
        new AccountConfig(
            entry.key(),
            UsersReader.withDefaults(fold.users, fold.defaultPermissions),
            fold.defaultPermissions,
            fold.jetStream,
            fold.limits,
            fold.exports,
            fold.imports,
            fold.mappings));
  }

  /** An account as far as it is read. */
  private final class Fold {
    private List<UserConfig> users = List.of();
    private @Nullable Permissions defaultPermissions;
    private AccountJetStream jetStream = AccountJetStream.DISABLED;
    private ConnectionLimits limits = ConnectionLimits.NONE;
    private List<ExportConfig> exports = List.of();
    private List<ImportConfig> imports = List.of();
    private List<MappingConfig> mappings = List.of();

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "users" -> users = AccountsReader.this.users.read(field);
        case "default_permissions" -> defaultPermissions = permissions.read(field);
        case "jetstream" -> jetStream = jetStream(field);
        case "limits" -> limits = limits(field);
        case "exports" -> exports = sharing.exports(field);
        case "imports" -> imports = sharing.imports(field);
        case "nkey" -> report.refused("an account with an nkey", field.position());
        case "mappings", "maps" -> mappings = AccountsReader.this.mappings.read(field);
        case "msg_trace", "trace_dest" -> report.notBuilt("message tracing", field.position());
        default -> report.unknownField(field);
      }
    }
  }

  private ConnectionLimits limits(ConfigValue.Entry entry) {
    int[] limits = {-1, -1, -1};
    for (ConfigValue.Entry field : Fields.block(entry).entries()) {
      report.guard(
          () -> {
            switch (Fields.name(field)) {
              case "max_connections", "max_conn" -> limits[0] = Fields.count(field);
              case "max_subscriptions", "max_subs" -> limits[1] = Fields.count(field);
              case "max_payload", "max_pay" -> limits[2] = Fields.count(field);
              case "max_leafnodes", "max_leafs" -> report.notBuilt("leafnodes", field.position());
              default -> {
                if (!field.usedAsVariable()) {
                  throw new ConfigReport.BadField(
                      field.position(),
                      "Unknown field " + GoQuote.quote(field.key()) + " parsing account limits");
                }
              }
            }
          });
    }
    return new ConnectionLimits(limits[0], limits[1], limits[2]);
  }

  private AccountJetStream jetStream(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Flag flag) {
      return flag.on() ? AccountJetStream.UNLIMITED : AccountJetStream.DISABLED;
    }
    if (entry.value() instanceof ConfigValue.Text text) {
      return JetStreamReader.isEnabled(text, entry.position())
          ? AccountJetStream.UNLIMITED
          : AccountJetStream.DISABLED;
    }
    if (!(entry.value() instanceof ConfigValue.Block block)) {
      throw new ConfigReport.BadField(
          entry.position(),
          "Expected map, bool or string to define JetStream, got " + entry.value().kind());
    }
    JetStreamFold fold = new JetStreamFold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    return new AccountJetStream(
        true,
        new AccountLimits(
            fold.maxMemoryBytes,
            fold.maxFileBytes,
            fold.maxStreams,
            fold.maxConsumers,
            fold.maxAckPending,
            fold.memoryMaxStreamBytes,
            fold.fileMaxStreamBytes,
            fold.maxBytesRequired));
  }

  /** JetStream limits of an account as far as they are read. */
  private final class JetStreamFold {
    private long maxMemoryBytes = -1;
    private long maxFileBytes = -1;
    private int maxStreams = -1;
    private int maxConsumers = -1;
    private int maxAckPending = -1;
    private long memoryMaxStreamBytes = -1;
    private long fileMaxStreamBytes = -1;
    private boolean maxBytesRequired;

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "max_memory", "max_mem", "mem", "memory" -> maxMemoryBytes = number(field);
        case "max_store", "max_file", "max_disk", "store", "disk" -> maxFileBytes = number(field);
        case "max_streams", "streams" -> maxStreams = (int) number(field);
        case "max_consumers", "consumers" -> maxConsumers = (int) number(field);
        case "max_ack_pending" -> maxAckPending = (int) number(field);
        case "mem_max_stream_bytes", "memory_max_stream_bytes" ->
            memoryMaxStreamBytes = number(field);
        case "disk_max_stream_bytes", "store_max_stream_bytes" ->
            fileMaxStreamBytes = number(field);
        case "max_bytes_required", "max_stream_bytes", "max_bytes" ->
            maxBytesRequired = Fields.flag(field);
        case "cluster_traffic" -> report.notBuilt("cluster", field.position());
        default -> report.unknownField(field);
      }
    }

    private static long number(ConfigValue.Entry field) {
      if (field.value() instanceof ConfigValue.Whole whole) {
        return whole.number();
      }
      String shown =
          field.value() instanceof ConfigValue.Text text ? text.text() : field.value().kind();
      throw new ConfigReport.BadField(
          field.position(),
          "Expected a parseable size for " + GoQuote.quote(field.key()) + ", got " + shown);
    }
  }
}
