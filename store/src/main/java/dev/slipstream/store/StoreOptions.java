// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * How a store works: what a commit waits for, and the bounds of its files and memory.
 *
 * <p>Units: bytes and nanoseconds. Immutable; begin with {@link #defaults} and change single values
 * with a {@link Builder}.
 */
public final class StoreOptions {
  private final Builder values;

  private StoreOptions(Builder values) {
    this.values = values;
  }

  /** Every commit synced, a log of at most 256 MiB, 128 MiB of cached blocks. */
  public static StoreOptions defaults() {
    return builder().build();
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** When a commit counts as durable; {@link SyncMode#ALWAYS}. */
  public SyncMode syncMode() {
    return values.syncMode;
  }

  /** The longest time between syncs with {@link SyncMode#INTERVAL}; 2 minutes. */
  public long syncIntervalNanos() {
    return values.syncIntervalNanos;
  }

  /** How long a commit waits for company; 0. */
  public long gatherNanos() {
    return values.gatherNanos;
  }

  /** How long a record that is not urgent waits for company; 5 ms. */
  public long lazyNanos() {
    return values.lazyNanos;
  }

  /**
   * The most that one commit writes, unless it is a single larger hand-over; 4 MiB, and never more
   * than a log file has room for.
   */
  public int commitBytes() {
    return values.commitBytes;
  }

  /** The size of the first log file; 4 MiB. */
  public long firstLogFileBytes() {
    return Math.min(values.firstLogFileBytes, values.logFileBytes);
  }

  /** The size of the other log files; 64 MiB. */
  public long logFileBytes() {
    return values.logFileBytes;
  }

  /** The most that all log files take, beside the first; 256 MiB. */
  public long logBytes() {
    return values.logBytes;
  }

  /** How far the log grows until a checkpoint is made; 64 MiB. */
  public long checkpointBytes() {
    return values.checkpointBytes;
  }

  /** About how much of its part of a checkpoint a loop notes in a turn; 32 KiB. */
  public int checkpointSliceBytes() {
    return values.checkpointSliceBytes;
  }

  /** How large a block of messages grows, unless one message is larger; 256 KiB. */
  public int blockBytes() {
    return values.blockBytes;
  }

  /** The size at which a stream's segment file takes no further block; 32 MiB. */
  public long segmentBytes() {
    return values.segmentBytes;
  }

  /** How few bytes a stream has whose blocks go to files shared with others; 1 MiB. */
  public long packedBytes() {
    return values.packedBytes;
  }

  /** The most that blocks take in memory which are being filled, of all loops; 128 MiB. */
  public long openBytes() {
    return values.openBytes;
  }

  /** The most that blocks take in memory which are on disk as well, of all loops; 128 MiB. */
  public long cacheBytes() {
    return values.cacheBytes;
  }

  /** How many bytes a second are read from disk while messages are published; any. */
  public long pacedReadBytes() {
    return values.pacedReadBytes;
  }

  /**
   * How much room is kept for what must go on when the disk is full, at most a sixteenth of what is
   * free; a sixteenth of the log, 16 MiB, 0 for none.
   */
  public long reserveBytes() {
    return values.reserveBytes < 0 ? values.logBytes / 16 : values.reserveBytes;
  }

  /** How many segment files are kept open; 256. */
  public int openFiles() {
    return values.openFiles;
  }

  /**
   * Called on any thread when {@link Store#runCommit} or {@link Store#runStorage} may have
   * something to do; unused once {@link Store#startThreads} was called.
   */
  public Runnable onWork() {
    return values.onWork;
  }

  /** Takes single values; not thread-safe. */
  public static final class Builder implements Cloneable {
    private SyncMode syncMode = SyncMode.ALWAYS;
    private long syncIntervalNanos = 120_000_000_000L;
    private long gatherNanos;
    private long lazyNanos = 5_000_000;
    private int commitBytes = 4 << 20;
    private long firstLogFileBytes = 4 << 20;
    private long logFileBytes = 64 << 20;
    private long logBytes = 256 << 20;
    private long checkpointBytes = 64 << 20;
    private int checkpointSliceBytes = 32 << 10;
    private int blockBytes = 256 << 10;
    private long segmentBytes = 32 << 20;
    private long packedBytes = 1 << 20;
    private long openBytes = 128 << 20;
    private long cacheBytes = 128 << 20;
    private long pacedReadBytes = Long.MAX_VALUE;
    private long reserveBytes = -1; // by the log
    private int openFiles = 256;
    private Runnable onWork = () -> {};

    private Builder() {}

    /** See {@link StoreOptions#syncMode}. */
    public Builder syncMode(SyncMode mode) {
      syncMode = mode;
      return this;
    }

    /** See {@link StoreOptions#syncIntervalNanos}. */
    public Builder syncIntervalNanos(long nanos) {
      syncIntervalNanos = positive(nanos, "syncIntervalNanos");
      return this;
    }

    /** See {@link StoreOptions#gatherNanos}. */
    public Builder gatherNanos(long nanos) {
      gatherNanos = Math.max(0, nanos);
      return this;
    }

    /** See {@link StoreOptions#lazyNanos}. */
    public Builder lazyNanos(long nanos) {
      lazyNanos = positive(nanos, "lazyNanos");
      return this;
    }

    /** See {@link StoreOptions#commitBytes}. */
    public Builder commitBytes(int bytes) {
      commitBytes = (int) positive(bytes, "commitBytes");
      return this;
    }

    /** See {@link StoreOptions#firstLogFileBytes}. */
    public Builder firstLogFileBytes(long bytes) {
      firstLogFileBytes = positive(bytes, "firstLogFileBytes");
      return this;
    }

    /** See {@link StoreOptions#logFileBytes}. */
    public Builder logFileBytes(long bytes) {
      logFileBytes = positive(bytes, "logFileBytes");
      return this;
    }

    /** See {@link StoreOptions#logBytes}. */
    public Builder logBytes(long bytes) {
      logBytes = positive(bytes, "logBytes");
      return this;
    }

    /** See {@link StoreOptions#checkpointBytes}. */
    public Builder checkpointBytes(long bytes) {
      checkpointBytes = positive(bytes, "checkpointBytes");
      return this;
    }

    /** See {@link StoreOptions#checkpointSliceBytes}. */
    public Builder checkpointSliceBytes(int bytes) {
      checkpointSliceBytes = (int) positive(bytes, "checkpointSliceBytes");
      return this;
    }

    /** See {@link StoreOptions#blockBytes}. */
    public Builder blockBytes(int bytes) {
      blockBytes = (int) positive(bytes, "blockBytes");
      return this;
    }

    /** See {@link StoreOptions#segmentBytes}. */
    public Builder segmentBytes(long bytes) {
      segmentBytes = positive(bytes, "segmentBytes");
      return this;
    }

    /** See {@link StoreOptions#packedBytes}. */
    public Builder packedBytes(long bytes) {
      packedBytes = positive(bytes, "packedBytes");
      return this;
    }

    /** See {@link StoreOptions#openBytes}. */
    public Builder openBytes(long bytes) {
      openBytes = positive(bytes, "openBytes");
      return this;
    }

    /** See {@link StoreOptions#cacheBytes}. */
    public Builder cacheBytes(long bytes) {
      cacheBytes = positive(bytes, "cacheBytes");
      return this;
    }

    /** See {@link StoreOptions#pacedReadBytes}. */
    public Builder pacedReadBytes(long bytesPerSecond) {
      pacedReadBytes = positive(bytesPerSecond, "pacedReadBytes");
      return this;
    }

    /** See {@link StoreOptions#reserveBytes}. */
    public Builder reserveBytes(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("reserveBytes must not be negative: " + bytes);
      }
      reserveBytes = bytes;
      return this;
    }

    /** See {@link StoreOptions#openFiles}. */
    public Builder openFiles(int files) {
      openFiles = (int) positive(files, "openFiles");
      return this;
    }

    /** See {@link StoreOptions#onWork}. */
    public Builder onWork(Runnable hook) {
      onWork = hook;
      return this;
    }

    /** The options; the log must have room for two files. */
    public StoreOptions build() {
      if (logBytes < 2 * logFileBytes) {
        throw new IllegalArgumentException(
            "a log of " + logBytes + " bytes has no room for two files of " + logFileBytes);
      }
      try {
        return new StoreOptions((Builder) clone());
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }

    private static long positive(long value, String name) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + " must be positive, not " + value);
      }
      return value;
    }
  }
}
