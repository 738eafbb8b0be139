// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/** When a commit counts as durable. */
public enum SyncMode {
  /** After its sync: survives a power cut. */
  ALWAYS,
  /** After its write: survives the end of the process; a sync follows within an interval. */
  INTERVAL,
  /** After its write; synced only when a log file is full and at checkpoints. */
  NEVER
}
