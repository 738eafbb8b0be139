// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The segment files of all streams: where blocks are put, which files are open, which are no longer
 * needed.
 *
 * <p>A file without wanted blocks is only removed once a checkpoint that does not name it is
 * durable. Bound: {@link StoreOptions#openFiles}. Owner: the storage worker.
 */
final class SegmentFiles implements Closeable {
  private static final String NAME = "[0-9]{1,18}\\.[0-9]{1,18}";

  private final StoreOptions options;
  private final Disk disk;
  private final Path directory;
  private final TreeMap<Long, SegmentFile> byNumber = new TreeMap<>();
  private final Map<Long, SegmentFile> current = new HashMap<>();
  private final LinkedHashMap<SegmentFile, DiskFile> open = new LinkedHashMap<>(16, 0.75f, true);
  private List<SegmentFile> doomed = new ArrayList<>();
  private long nextNumber = 1;
  private boolean namesDirty;

  SegmentFiles(StoreOptions options, Disk disk, Path directory) {
    this.options = options;
    this.disk = disk;
    this.directory = directory;
  }

  /** Notes which numbers are taken, before any file is made. */
  void noteNames() throws IOException {
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (name.matches(NAME)) {
        long number = Long.parseLong(name.substring(name.indexOf('.') + 1));
        nextNumber = Math.max(nextNumber, number + 1);
      }
    }
  }

  /** A file that a checkpoint names. */
  SegmentFile restored(long assetId, long number) throws IOException {
    SegmentFile known = byNumber.get(number);
    if (known != null) {
      return known;
    }
    SegmentFile file = new SegmentFile(directory, assetId, number, 0);
    if (disk.exists(file.path)) {
      file.end = handle(file).size();
    }
    file.full = true;
    byNumber.put(number, file);
    return file;
  }

  /** Removes what no checkpoint names: all that stood in it is in the log. */
  void removeStrangers() throws IOException {
    for (Path path : disk.list(directory)) {
      boolean ours = path.getFileName().toString().matches(NAME);
      if (ours && byNumber.values().stream().noneMatch(file -> file.path.equals(path))) {
        disk.delete(path);
      }
    }
  }

  /**
   * Writes what is new of a block, and a footer behind it.
   *
   * @param used how many bytes of {@code data} are the block's
   * @param full whether it will not grow any more
   */
  void write(long assetId, BlockPlace place, byte[] data, int used, boolean full)
      throws IOException {
    if (place.described >= used) {
      return;
    }
    SegmentFile file = place.file;
    ByteBuffer footer = BlockFooter.encode(data, used);
    if (file == null) {
      file = fileFor(assetId, used + footer.remaining());
      long offset = file.end;
      file.end = offset + (full ? used : Math.max(used, options.blockBytes()));
      place.offset = offset;
      file.blocks++;
      place.file = file;
    }
    DiskFile handle = handle(file);
    file.dirty = true;
    int from = place.written;
    if (from < used) {
      handle.write(ByteBuffer.wrap(data, from, used - from), place.offset + from);
      place.written = used;
    }
    long footerOffset = file.end;
    handle.write(footer.duplicate(), footerOffset);
    file.end = footerOffset + footer.remaining();
    place.described = used;
    place.footerOffset = footerOffset;
    place.footerLength = footer.remaining();
  }

  private SegmentFile fileFor(long assetId, int bytes) throws IOException {
    SegmentFile present = current.get(assetId);
    if (present != null && present.end + bytes <= options.segmentBytes()) {
      return present;
    }
    long number = nextNumber++;
    SegmentFile fresh = new SegmentFile(directory, assetId, number, 0);
    keepOpen(fresh, disk.open(fresh.path, Disk.Access.CREATE));
    namesDirty = true;
    byNumber.put(number, fresh);
    current.put(assetId, fresh);
    if (present != null) {
      retire(present);
    }
    return fresh;
  }

  private void retire(SegmentFile file) {
    file.full = true;
    if (file.blocks == 0) {
      doomed.add(file);
    }
  }

  /** The block is not wanted any more. */
  void release(BlockPlace place) {
    SegmentFile file = place.file;
    if (file != null) {
      place.file = null;
      if (--file.blocks == 0 && file.full) {
        doomed.add(file);
      }
    }
  }

  /** Nothing of the stream is wanted any more. */
  void drop(long assetId) {
    current.remove(assetId);
    for (SegmentFile file : byNumber.values()) {
      if (file.assetId == assetId && !doomed.contains(file)) {
        file.full = true;
        file.blocks = 0;
        doomed.add(file);
      }
    }
  }

  /** Closes files that have nothing wanted in them to further blocks, so that they can go. */
  void retireEmpty() {
    for (Iterator<SegmentFile> files = current.values().iterator(); files.hasNext(); ) {
      SegmentFile file = files.next();
      if (file.blocks == 0) {
        files.remove();
        retire(file);
      }
    }
  }

  /** Takes the files that nothing refers to any more. */
  List<SegmentFile> takeDoomed() {
    List<SegmentFile> taken = doomed;
    doomed = new ArrayList<>();
    return taken;
  }

  /** Gives back what {@link #takeDoomed} took. */
  void returnDoomed(List<SegmentFile> files) {
    doomed.addAll(files);
  }

  void delete(List<SegmentFile> files) throws IOException {
    for (SegmentFile file : files) {
      DiskFile handle = open.remove(file);
      if (handle != null) {
        handle.close();
      }
      byNumber.remove(file.number);
      if (disk.exists(file.path)) {
        disk.delete(file.path);
      }
    }
  }

  /** Fills {@code into} from a file. */
  void read(SegmentFile file, ByteBuffer into, long offset) throws IOException {
    handle(file).readFully(into, offset);
  }

  /** The files that were written since they were synced. */
  ArrayDeque<SegmentFile> dirty() {
    ArrayDeque<SegmentFile> found = new ArrayDeque<>();
    for (SegmentFile file : byNumber.values()) {
      if (file.dirty) {
        found.add(file);
      }
    }
    return found;
  }

  /** Makes durable what was written to a file; one that is gone needs it no more. */
  void sync(SegmentFile file) throws IOException {
    if (file.dirty && byNumber.containsKey(file.number)) {
      handle(file).sync();
      file.dirty = false;
    }
  }

  /** Makes the names of all files durable. */
  void syncNames() throws IOException {
    if (namesDirty) {
      disk.syncDirectory(directory);
      namesDirty = false;
    }
  }

  private DiskFile handle(SegmentFile file) throws IOException {
    DiskFile known = open.get(file);
    if (known != null) {
      return known;
    }
    DiskFile handle = disk.open(file.path, Disk.Access.WRITE);
    keepOpen(file, handle);
    return handle;
  }

  private void keepOpen(SegmentFile file, DiskFile handle) throws IOException {
    open.put(file, handle);
    if (open.size() > options.openFiles()) {
      closeEldest();
    }
  }

  private void closeEldest() throws IOException {
    Map.Entry<SegmentFile, DiskFile> eldest = open.entrySet().iterator().next();
    if (eldest.getKey().dirty) {
      // a failure to write back may be told to the handle that wrote only
      eldest.getValue().sync();
      eldest.getKey().dirty = false;
    }
    open.remove(eldest.getKey());
    eldest.getValue().close();
  }

  @Override
  public void close() throws IOException {
    for (DiskFile handle : open.values()) {
      handle.close();
    }
    open.clear();
  }
}
