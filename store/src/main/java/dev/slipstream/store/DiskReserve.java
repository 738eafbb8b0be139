// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.base.DiskFullException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file of zeros that is given up when the disk is full, so that what was acknowledged can still
 * be brought from the log to its place, checkpoints be made, and the log go round for deletes,
 * purges and acknowledgements. Publishing waits until there is room for it again.
 *
 * <p>It is made once the log has outgrown its first file. Owner: the storage worker, but for {@link
 * #isUsed}.
 */
final class DiskReserve {
  private static final Logger LOG = System.getLogger(DiskReserve.class.getName());
  private static final int CHUNK_BYTES = 1 << 20;

  /** It takes at most this part of what is free when it is made. */
  private static final int SHARE = 16;

  private static final int LEAST_BYTES = 64 << 10;

  private final Disk disk;
  private final Path directory;
  private final Path path;
  private final long wantedBytes;
  private long size; // 0: not decided yet
  private long filled;
  private volatile boolean used;

  DiskReserve(StoreOptions options, StoreDirectory directory) {
    this.disk = directory.disk;
    this.directory = directory.home;
    this.path = directory.home.resolve("reserve");
    this.wantedBytes = options.reserveBytes();
  }

  /** Whether it was given up and there was no room for it since. Any thread. */
  boolean isUsed() {
    return used;
  }

  /** How much of the free room is its own. */
  long missingBytes() {
    return used ? size : 0;
  }

  /** Looks for one of an earlier start. */
  void find() throws IOException {
    if (disk.exists(path)) {
      try (DiskFile file = disk.open(path, Disk.Access.READ)) {
        filled = file.size();
      }
    }
  }

  /** Makes a piece of it; false when it is complete, or cannot be now. */
  boolean fill() throws IOException {
    if (size == 0) {
      long most = Math.min(wantedBytes, disk.usableBytes(directory) / SHARE);
      size = most < LEAST_BYTES ? 0 : Math.max(filled, most);
    }
    if (filled >= size) {
      return false;
    }
    if (used) {
      if (disk.usableBytes(directory) < 2 * size) {
        return false;
      }
      LOG.log(Logger.Level.INFO, "the disk has room again");
      used = false;
    }
    int count = (int) Math.min(CHUNK_BYTES, size - filled);
    try (DiskFile file = disk.open(path, Disk.Access.CREATE)) {
      file.write(ByteBuffer.allocate(count), filled);
      file.sync();
    } catch (DiskFullException full) {
      filled += count; // some of it may be there
      giveUp();
      throw full;
    }
    filled += count;
    return true;
  }

  /** Gives it up; false when there is none, or none any more. */
  boolean giveUp() throws IOException {
    if (used || filled == 0) {
      return false;
    }
    size = Math.max(size, filled);
    filled = 0;
    used = true;
    disk.delete(path);
    return true;
  }
}
