// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

/**
 * What a server's log has done since its start.
 *
 * @param syncs syncs of the log
 * @param records records they made durable
 * @param p50Micros how long the median sync took
 * @param p99Micros how long 99 of 100 took at most
 * @param checkpoints checkpoints made
 * @param lastCheckpointNanos how long the last one took
 */
record LogFigures(
    long syncs,
    long records,
    double p50Micros,
    double p99Micros,
    long checkpoints,
    long lastCheckpointNanos) {
  static final LogFigures NONE = new LogFigures(0, 0, 0, 0, 0, 0);

  /** Records a sync since {@code before}; 0 when nothing was synced. */
  double recordsPerSync(LogFigures before) {
    return syncs == before.syncs ? 0 : (double) (records - before.records) / (syncs - before.syncs);
  }
}
