// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segment files that are open: those used last, so many and no more. Owner: the storage worker.
 */
final class OpenSegments implements Closeable {
  private final Disk disk;
  private final int most;
  private final LinkedHashMap<SegmentFile, DiskFile> open = new LinkedHashMap<>(16, 0.75f, true);

  OpenSegments(Disk disk, int most) {
    this.disk = disk;
    this.most = most;
  }

  /** Makes a new file, and opens it. */
  void create(SegmentFile file) throws IOException {
    keep(file, disk.open(file.path, Disk.Access.CREATE));
  }

  /** The open file. */
  DiskFile get(SegmentFile file) throws IOException {
    DiskFile known = open.get(file);
    if (known != null) {
      return known;
    }
    DiskFile handle = disk.open(file.path, Disk.Access.WRITE);
    keep(file, handle);
    return handle;
  }

  private void keep(SegmentFile file, DiskFile handle) throws IOException {
    open.put(file, handle);
    if (open.size() > most) {
      closeEldest();
    }
  }

  private void closeEldest() throws IOException {
    Map.Entry<SegmentFile, DiskFile> eldest = open.entrySet().iterator().next();
    if (eldest.getKey().unsyncedBytes > 0) {
      // a failure to write back may be told to the handle that wrote only
      sync(eldest.getKey(), eldest.getValue());
    }
    open.remove(eldest.getKey());
    eldest.getValue().close();
  }

  /**
   * Makes durable what was written to a file.
   *
   * @throws UncheckedIOException when that fails: the system may have dropped what it could not
   *     write, so that no later sync means anything. No reader of another file may take it for a
   *     failure of its own and try again
   */
  static void sync(SegmentFile file, DiskFile handle) {
    try {
      handle.sync();
    } catch (IOException failure) {
      throw new UncheckedIOException(file + " cannot be made durable", failure);
    }
    file.unsyncedBytes = 0;
  }

  /** Closes a file that is about to go. */
  void forget(SegmentFile file) throws IOException {
    @Nullable DiskFile handle = open.remove(file);
    if (handle != null) {
      handle.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (DiskFile handle : open.values()) {
      handle.close();
    }
    open.clear();
  }
}
