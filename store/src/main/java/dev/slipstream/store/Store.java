// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.base.EventLoop;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;

/** The owner of a data directory. */
public final class Store implements AutoCloseable {
  private static final int MEMORY_BLOCK_BYTES = 256 << 10;

  private Store() {}

  /** Opens a directory. */
  public static Store open(StoreOptions options, Disk disk, Path directory, Clock clock)
      throws StoreException {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** Hands {@code recovery} what the directory holds. */
  public void recover(Recovery recovery) throws StoreException {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** A loop's door to the log. */
  public LogAppender appender(EventLoop loop, Applier applier) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** Registers what writes the snapshots of a loop's assets. */
  public void snapshots(EventLoop loop, SnapshotSource source) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** The store of a file stream. */
  public StreamStore fileStream(long assetId, EventLoop loop) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** The store of a memory stream: it touches no file and is gone with the process. */
  public static StreamStore memoryStream() {
    return new StreamStore(MEMORY_BLOCK_BYTES, null);
  }

  /** Forgets a file stream. */
  public void dropStream(long assetId) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** Starts the commit thread and the storage worker. */
  public void startThreads(ThreadFactory threads) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** One pass of the commit thread. */
  public boolean runCommit() {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** One pass of the storage worker. */
  public boolean runStorage() {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** Asks for a checkpoint. */
  public void checkpoint(CompletableFuture<Void> done) {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  /** Figures since the opening. */
  public StoreStats stats() {
    throw new UnsupportedOperationException("the log is not there yet");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("the log is not there yet");
  }
}
