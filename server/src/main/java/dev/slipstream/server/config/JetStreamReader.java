// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the jetstream block, and the directory that may also stand outside it. */
final class JetStreamReader {

  private final ConfigReport report;
  private boolean enabled;
  private boolean strict = true;
  private @Nullable Path storeDir;
  private long maxMemoryBytes = JetStreamConfig.DYNAMIC;
  private long maxFileBytes = JetStreamConfig.DYNAMIC;
  private @Nullable String domain;
  private SyncPolicy sync = SyncPolicy.ALWAYS;
  private int maxAckPending;
  private int maxRequestBatch;
  private int defaultMaxConsumers;
  private long duplicateWindowNanos;
  private int maxBatchInflightPerStream;
  private int maxBatchInflightTotal;
  private int maxBatchSize;
  private long maxBatchTimeoutNanos;
  private long maxBufferedBytes;
  private int maxBufferedMessages;
  private int maxHaAssets;

  JetStreamReader(ConfigReport report) {
    this.report = report;
  }

  /** What was read, or the defaults. */
  JetStreamConfig config() {
    return new JetStreamConfig(
        enabled,
        strict,
        storeDir,
        maxMemoryBytes,
        maxFileBytes,
        domain,
        sync,
        new JetStreamLimits(
            maxAckPending,
            maxRequestBatch,
            defaultMaxConsumers,
            duplicateWindowNanos,
            maxBatchInflightPerStream,
            maxBatchInflightTotal,
            maxBatchSize,
            maxBatchTimeoutNanos,
            maxBufferedBytes,
            maxBufferedMessages,
            maxHaAssets));
  }

  void read(ConfigValue.Entry entry) {
    if (entry.value() instanceof ConfigValue.Flag flag) {
      enabled = flag.on();
    } else if (entry.value() instanceof ConfigValue.Text text) {
      enabled = isEnabled(text, entry.position());
    } else if (entry.value() instanceof ConfigValue.Block block) {
      enabled = true;
      for (ConfigValue.Entry field : block.entries()) {
        report.guard(() -> readField(field));
      }
    } else {
      throw new ConfigReport.BadField(
          entry.position(),
          "Expected map, bool or string to define JetStream, got " + entry.value().kind());
    }
  }

  static boolean isEnabled(ConfigValue.Text text, SourcePosition position) {
    return switch (text.text().toLowerCase(Locale.ROOT)) {
      case "enabled", "enable" -> true;
      case "disabled", "disable" -> false;
      default ->
          throw new ConfigReport.BadField(
              position,
              "Expected 'enabled' or 'disabled' for string value, got '" + text.text() + "'");
    };
  }

  /** The directory, here or at the top; not both. */
  void storeDir(ConfigValue.Entry field) {
    if (storeDir != null) {
      throw new ConfigReport.BadField(field.position(), "Duplicate 'store_dir' configuration");
    }
    storeDir = Fields.path(field);
  }

  private void readField(ConfigValue.Entry field) {
    switch (Fields.name(field)) {
      case "enable", "enabled" -> enabled = Fields.flag(field);
      case "strict" -> strict = Fields.flag(field);
      case "store", "store_dir", "storedir" -> storeDir(field);
      case "sync", "sync_interval" -> sync = sync(field);
      case "max_memory_store", "max_mem_store", "max_mem" ->
          maxMemoryBytes = size(field, "max_mem_store");
      case "max_file_store", "max_file" -> maxFileBytes = size(field, "max_file_store");
      case "domain" -> domain = Fields.text(field);
      case "limits" -> {
        ConfigValue.Block block =
            Fields.block(field.value(), "Expected a map to define JetStreamLimits");
        block.entries().forEach(limit -> report.guard(() -> readLimit(limit)));
      }
      case "max_buffered_size" -> {
        notBuilt(field);
        maxBufferedBytes = size(field, "max_buffered_size");
      }
      case "max_buffered_msgs" -> {
        notBuilt(field);
        maxBufferedMessages = Fields.count(field);
      }
      case "key", "ek", "encryption_key", "prev_key", "prev_ek", "prev_encryption_key", "tpm" ->
          report.refused("encryption of the store", field.position());
      case "cipher",
          "unique_tag",
          "extension_hint",
          "max_outstanding_catchup",
          "request_queue_limit",
          "info_queue_limit",
          "meta_compact",
          "meta_compact_size",
          "meta_compact_sync",
          "max_concurrent_io" ->
          notBuilt(field);
      default -> report.unknownField(field);
    }
  }

  private void readLimit(ConfigValue.Entry field) {
    switch (Fields.name(field)) {
      case "max_ack_pending" -> maxAckPending = Fields.count(field);
      case "max_ha_assets" -> {
        notBuilt(field);
        maxHaAssets = Fields.count(field);
      }
      case "max_request_batch" -> maxRequestBatch = Fields.count(field);
      case "default_max_consumers" -> defaultMaxConsumers = Fields.count(field);
      case "duplicate_window" -> duplicateWindowNanos = Fields.duration(field);
      case "batch" -> {
        notBuilt(field);
        ConfigValue.Block block =
            Fields.block(field.value(), "Expected a map to define batch limits");
        block.entries().forEach(limit -> report.guard(() -> readBatchLimit(limit)));
      }
      default -> report.unknownField(field);
    }
  }

  private void readBatchLimit(ConfigValue.Entry field) {
    switch (Fields.name(field)) {
      case "max_inflight_per_stream" -> maxBatchInflightPerStream = Fields.count(field);
      case "max_inflight_total" -> maxBatchInflightTotal = Fields.count(field);
      case "max_msgs" -> maxBatchSize = Fields.count(field);
      case "timeout" -> maxBatchTimeoutNanos = Fields.duration(field);
      default -> report.unknownField(field);
    }
  }

  private void notBuilt(ConfigValue.Entry field) {
    report.notBuilt("jetstream " + Fields.name(field), field.position());
  }

  private SyncPolicy sync(ConfigValue.Entry field) {
    if (field.value() instanceof ConfigValue.Text text) {
      switch (text.text().toLowerCase(Locale.ROOT)) {
        case "always" -> {
          return SyncPolicy.ALWAYS;
        }
        case "never" -> {
          return SyncPolicy.NEVER;
        }
        default -> {}
      }
    }
    long nanos = Fields.durationOrSeconds(field, report);
    if (nanos <= 0) {
      throw new ConfigReport.BadField(
          field.position(), Fields.name(field) + " must be 'always', 'never' or a time above 0");
    }
    return SyncPolicy.every(nanos);
  }

  private static long size(ConfigValue.Entry field, String name) {
    long size = Fields.size(field, name);
    return size < 0 ? JetStreamConfig.DYNAMIC : size;
  }
}
