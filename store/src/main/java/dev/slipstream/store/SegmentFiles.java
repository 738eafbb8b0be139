// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The segment files: where blocks are put, and which files are no longer needed.
 *
 * <p>A stream has files of its own; small streams share packs, so that ten thousand of them need no
 * ten thousand files. A file without wanted blocks is only removed once a checkpoint that does not
 * name it is durable. One that is mostly unwanted is emptied by moving what is left, see {@link
 * #reclaim}. Owner: the storage worker.
 */
final class SegmentFiles implements Closeable {
  /** How much is written to a file before it is synced. */
  private static final int MOST_UNSYNCED_BYTES = 512 << 10;

  private static final Logger LOG = System.getLogger(SegmentFiles.class.getName());
  private static final String NAME = "[0-9]{1,18}\\.[0-9]{1,18}";

  private final StoreOptions options;
  private final Disk disk;
  private final Path directory;
  private final OpenSegments open;
  private final TreeMap<Long, SegmentFile> byNumber = new TreeMap<>();
  private final Map<Long, SegmentFile> current = new HashMap<>();
  private final Map<Long, Long> ownerOnDisk = new HashMap<>();
  private final ArrayDeque<BlockPlace> sparse = new ArrayDeque<>();
  private List<SegmentFile> doomed = new ArrayList<>();
  private List<SegmentFile> vacated = new ArrayList<>();
  private long nextNumber = 1;
  private boolean namesDirty;

  SegmentFiles(StoreOptions options, Disk disk, Path directory) {
    this.options = options;
    this.disk = disk;
    this.directory = directory;
    this.open = new OpenSegments(disk, options.openFiles());
  }

  /** Notes which numbers are taken and by whom, before any file is made. */
  void noteNames() throws IOException {
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (name.matches(NAME)) {
        int dot = name.indexOf('.');
        long number = Long.parseLong(name.substring(dot + 1));
        ownerOnDisk.put(number, Long.parseLong(name.substring(0, dot)));
        nextNumber = Math.max(nextNumber, number + 1);
      }
    }
  }

  /** A place that a checkpoint names, in the file of that number. */
  void restore(BlockPlace place, long number) throws IOException {
    SegmentFile file = byNumber.get(number);
    if (file == null) {
      file = found(place.assetId, number);
      byNumber.put(number, file);
      nextNumber = Math.max(nextNumber, number + 1); // also that of a file which is missing
    }
    file.places.add(place);
    place.file = file;
  }

  /** A file of an earlier start; the newest of its owner takes further blocks. */
  private SegmentFile found(long assetId, long number) throws IOException {
    Long owner = ownerOnDisk.get(number);
    SegmentFile file = new SegmentFile(directory, owner == null ? assetId : owner, number);
    file.full = true;
    if (owner == null) {
      return file; // it is missing, which reading will tell
    }
    file.end = open.get(file).size();
    SegmentFile newest = current.get(owner);
    if (newest == null || newest.number < number) {
      file.full = false;
      current.put(owner, file);
      if (newest != null) {
        newest.full = true;
      }
    }
    return file;
  }

  /** Removes what no checkpoint names: all that stood in it is in the log. */
  void removeStrangers() throws IOException {
    for (Map.Entry<Long, Long> each : ownerOnDisk.entrySet()) {
      if (!byNumber.containsKey(each.getKey())) {
        disk.delete(new SegmentFile(directory, each.getValue(), each.getKey()).path);
      }
    }
    ownerOnDisk.clear();
  }

  /**
   * Gives a block a place in a file of its owner.
   *
   * @param reserved how many bytes it may take there
   * @param behind how many bytes the file should have room for behind that
   */
  void put(BlockPlace place, long owner, int reserved, int behind) throws IOException {
    SegmentFile to = fileFor(owner, reserved + behind);
    long offset = to.end;
    to.end = offset + reserved;
    leave(place);
    place.file = to;
    place.offset = offset;
    place.reserved = reserved;
    to.places.add(place);
  }

  /**
   * Writes to a file, which is to be synced before a checkpoint names what is in it. Much of that
   * is synced at once, so that a checkpoint finds little to sync: the log's sync would wait for it.
   */
  void write(SegmentFile file, ByteBuffer bytes, long offset) throws IOException {
    DiskFile handle = open.get(file);
    file.unsyncedBytes += bytes.remaining();
    handle.write(bytes, offset);
    if (file.unsyncedBytes >= MOST_UNSYNCED_BYTES) {
      OpenSegments.sync(file, handle);
    }
  }

  /** A block that lives on leaves its place, if it has one. */
  private void leave(BlockPlace place) {
    SegmentFile from = place.file;
    if (from != null) {
      from.vacated = true;
      from.places.remove(place);
      doomIfEmpty(from);
    }
  }

  private SegmentFile fileFor(long owner, int bytes) throws IOException {
    SegmentFile present = current.get(owner);
    if (present != null && present.end + bytes <= options.segmentBytes()) {
      return present;
    }
    SegmentFile fresh = new SegmentFile(directory, owner, nextNumber++);
    open.create(fresh);
    namesDirty = true;
    byNumber.put(fresh.number, fresh);
    current.put(owner, fresh);
    if (present != null) {
      present.full = true;
      doomIfEmpty(present);
    }
    return fresh;
  }

  private void doomIfEmpty(SegmentFile file) {
    if (file.full && file.places.isEmpty()) {
      (file.vacated ? vacated : doomed).add(file);
    }
  }

  /** The block is not wanted any more. */
  void release(BlockPlace place) {
    place.released = true;
    SegmentFile file = place.file;
    if (file != null) {
      place.file = null;
      file.places.remove(place);
      doomIfEmpty(file);
    }
  }

  /** The block is not wanted any more, but messages that live on elsewhere were in it. */
  void vacate(BlockPlace place) {
    SegmentFile file = place.file;
    if (file != null) {
      file.vacated = true;
    }
    release(place);
  }

  /** Nothing of the stream is wanted any more: these are its blocks. */
  void drop(long assetId, List<BlockPlace> places) {
    places.forEach(this::release);
    SegmentFile own = current.remove(assetId);
    if (own != null) {
      own.full = true;
      doomIfEmpty(own);
    }
  }

  /** Closes files that have nothing wanted in them to further blocks, so that they can go. */
  void retireEmpty() {
    for (Iterator<SegmentFile> files = current.values().iterator(); files.hasNext(); ) {
      SegmentFile file = files.next();
      if (file.places.isEmpty() && file.end > 0) {
        files.remove();
        file.full = true;
        doomIfEmpty(file);
      }
    }
  }

  /** Takes the files that nothing refers to but, maybe, the last durable checkpoint. */
  List<SegmentFile> takeDoomed() {
    List<SegmentFile> taken = takeDead();
    taken.addAll(vacated);
    vacated = new ArrayList<>();
    return taken;
  }

  /** Of those the ones all of whose messages are removed, by records that are durable. */
  private List<SegmentFile> takeDead() {
    List<SegmentFile> taken = doomed;
    doomed = new ArrayList<>();
    return taken;
  }

  /** Gives back what {@link #takeDoomed} took. */
  void returnDoomed(List<SegmentFile> files) {
    files.forEach(this::doomIfEmpty);
  }

  /**
   * Deletes the files in which nothing lives. That a checkpoint names them does no harm: the
   * records that removed the messages are durable.
   */
  void deleteDead() throws IOException {
    retireEmpty();
    delete(takeDead());
  }

  void delete(List<SegmentFile> files) throws IOException {
    for (SegmentFile file : files) {
      open.forget(file);
      byNumber.remove(file.number);
      if (disk.exists(file.path)) {
        disk.delete(file.path);
      }
    }
  }

  /**
   * Looks for files of which less than half is needed, for {@link #reclaim}.
   *
   * @param mayMove whether the blocks of a stream may be moved
   */
  void findSparse(LongPredicate mayMove) {
    sparse.clear();
    for (SegmentFile file : byNumber.values()) {
      if (file.full
          && !file.unreadable
          && !file.places.isEmpty()
          && file.neededBytes() < file.end / 2
          && file.places.stream().allMatch(place -> mayMove.test(place.assetId))) {
        sparse.addAll(file.places);
      }
    }
  }

  /**
   * Moves one block out of a file that is mostly unwanted; false when there is none. The bytes are
   * copied as they are, so that damage stays what it is.
   */
  boolean reclaim() throws IOException {
    BlockPlace place = sparse.poll();
    if (place == null) {
      return false;
    }
    SegmentFile from = place.file;
    if (from != null && from.full && !from.unreadable) {
      move(place, from);
    }
    return true;
  }

  private void move(BlockPlace place, SegmentFile from) throws IOException {
    int used = place.written;
    ByteBuffer bytes = ByteBuffer.allocate(used + place.footerLength);
    try {
      open.get(from).readFully(bytes.slice(0, used), place.offset);
      open.get(from).readFully(bytes.slice(used, place.footerLength), place.footerOffset);
    } catch (IOException failure) {
      from.unreadable = true;
      LOG.log(Logger.Level.ERROR, from + " cannot be read; it stays as it is", failure);
      return;
    }
    SegmentFile to = fileFor(from.owner, bytes.capacity());
    long offset = to.end;
    write(to, bytes, offset);
    to.end = offset + bytes.capacity();
    leave(place);
    to.places.add(place);
    place.file = to;
    place.offset = offset;
    place.reserved = used;
    place.footerOffset = offset + used;
  }

  /**
   * Fills {@code into} from a file.
   *
   * @param gently whether syncs are under way that should not notice; see {@link DiskFile#readOnce}
   */
  void read(SegmentFile file, ByteBuffer into, long offset, boolean gently) throws IOException {
    DiskFile opened = open.get(file);
    if (gently) {
      opened.readOnce(into, offset);
    } else {
      opened.readFully(into, offset);
    }
  }

  /** The files that were written since they were synced. */
  ArrayDeque<SegmentFile> dirty() {
    ArrayDeque<SegmentFile> found = new ArrayDeque<>();
    for (SegmentFile file : byNumber.values()) {
      if (file.unsyncedBytes > 0) {
        found.add(file);
      }
    }
    return found;
  }

  /** Makes durable what was written to a file; one that is gone needs it no more. */
  void sync(SegmentFile file) throws IOException {
    if (file.unsyncedBytes > 0 && byNumber.containsKey(file.number)) {
      OpenSegments.sync(file, open.get(file));
    }
  }

  /** Makes the names of all files durable. */
  void syncNames() throws IOException {
    if (namesDirty) {
      disk.syncDirectory(directory);
      namesDirty = false;
    }
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
