// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoDuration;

/**
 * When written data is forced to disk, and so when a publisher gets its acknowledgement.
 *
 * @param mode which of the three promises is given
 * @param intervalNanos for {@link Mode#INTERVAL} the time between two syncs, otherwise 0
 */
public record SyncPolicy(Mode mode, long intervalNanos) {

  /** The three promises. */
  public enum Mode {
    /** Acknowledged means synced: survives a power cut. */
    ALWAYS,
    /** Acknowledged means written: survives the end of the process, synced at an interval. */
    INTERVAL,
    /** Acknowledged means written: synced when the operating system sees fit. */
    NEVER
  }

  /** Acknowledge after the sync; the default. */
  public static final SyncPolicy ALWAYS = new SyncPolicy(Mode.ALWAYS, 0);

  /** Acknowledge after the write and never sync. */
  public static final SyncPolicy NEVER = new SyncPolicy(Mode.NEVER, 0);

  public SyncPolicy {
    if (mode == Mode.INTERVAL ? intervalNanos <= 0 : intervalNanos != 0) {
      throw new IllegalArgumentException("a sync interval is positive, and only INTERVAL has one");
    }
  }

  /** Acknowledge after the write, sync every {@code nanos}. */
  public static SyncPolicy every(long nanos) {
    return new SyncPolicy(Mode.INTERVAL, nanos);
  }

  @Override
  public String toString() {
    return switch (mode) {
      case ALWAYS -> "always";
      case NEVER -> "never";
      case INTERVAL -> GoDuration.format(intervalNanos);
    };
  }
}
