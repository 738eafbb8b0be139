// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a start finds in the log and what a commit makes durable later, taken alike. A log that
 * fails is an error of the test.
 */
final class RecordTaker implements Recovery, Applier {

  /** What is done with a snapshot. */
  interface SnapshotTaker {
    void take(long assetId, byte[] bytes, int from, int to);
  }

  private final SnapshotTaker snapshots;
  private final Consumer<LogRecord> records;

  RecordTaker(SnapshotTaker snapshots, Consumer<LogRecord> records) {
    this.snapshots = snapshots;
    this.records = records;
  }

  /** Takes whatever is there, and does nothing with it. */
  static RecordTaker ignoring() {
    return new RecordTaker((assetId, bytes, from, to) -> {}, record -> {});
  }

  /** Expects that a start finds nothing at all. */
  static RecordTaker expectingNothing() {
    return new RecordTaker(
        (assetId, bytes, from, to) -> {
          throw new AssertionError("a new store has no snapshots");
        },
        record -> {
          throw new AssertionError("a new store has no records");
        });
  }

  @Override
  public void snapshot(long assetId, byte[] bytes, int from, int to) {
    snapshots.take(assetId, bytes, from, to);
  }

  @Override
  public void record(LogRecord record) {
    records.accept(record);
  }

  @Override
  public void apply(LogRecord record, @Nullable Object attachment) {
    records.accept(record);
  }

  @Override
  public void commitApplied() {}

  @Override
  public void failed(StoreException cause) {
    throw new AssertionError(cause);
  }
}
