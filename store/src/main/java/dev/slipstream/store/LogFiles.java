// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.base.DiskFullException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The ring of log files: the storage worker prepares and recycles them, the commit thread takes and
 * fills them.
 *
 * <p>A file is filled with zeros and synced before it is used, so that a commit never makes it
 * grow. A file whose records all lie before the last checkpoint is begun anew; one that is too
 * small for what comes next makes way for a larger one. All files together keep within {@link
 * StoreOptions#logBytes} and the first file; only for a hand-over that is larger than a file they
 * may be two of its size. What is not marked otherwise belongs to the storage worker.
 */
final class LogFiles implements Closeable {
  private static final int ZEROS_BYTES = 1 << 20;
  private static final long LEAST_FILE_BYTES = 1 << 20;

  /** A file that is being filled with zeros. */
  private record Preparing(Path path, DiskFile file, long size, long done) {}

  private final StoreOptions options;
  private final Disk disk;
  private final Path directory;
  private final DiskReserve reserve;
  private final ArrayDeque<LogFile> used = new ArrayDeque<>();
  private final List<LogFile> idle = new ArrayList<>();
  private long existingBytes;
  private long nextNumber;
  private @Nullable Preparing preparing;
  private @Nullable ByteBuffer zeros;

  /** No file has been made since the disk was full: publishers wait for the next one. */
  private boolean fullSinceLast;

  // between the two threads
  private final Queue<LogFile> ready = new ConcurrentLinkedQueue<>();
  private final Queue<LogFile> begun = new ConcurrentLinkedQueue<>();
  private final Queue<LogFile> tooSmall = new ConcurrentLinkedQueue<>();
  private volatile long wantedBytes;
  private volatile long neededFrom;
  private volatile boolean diskFull;

  LogFiles(StoreOptions options, StoreDirectory directory, DiskReserve reserve) {
    this.options = options;
    this.disk = directory.disk;
    this.directory = directory.log;
    this.reserve = reserve;
  }

  /** Takes over what was found at the start. */
  void adopt(List<LogFile> chain, List<LogFile> stale, long firstFreeNumber, long position) {
    neededFrom = position;
    used.addAll(chain);
    idle.addAll(stale);
    existingBytes = bytes(used) + bytes(idle);
    nextNumber = firstFreeNumber;
  }

  /**
   * The commit thread asks for a file with room for so many bytes of records; {@link #take} will
   * have it. Answers whether that is news.
   */
  boolean want(long bytes) {
    if (wantedBytes >= bytes) {
      return false;
    }
    wantedBytes = bytes;
    return true;
  }

  /** The position from which on the log is needed. Any thread. */
  long neededFrom() {
    return neededFrom;
  }

  /** Whether the log was ever more than its first file. Storage worker. */
  boolean hasGrown() {
    return nextNumber > 1;
  }

  /** The storage worker found the disk full, or has found room since. */
  void diskFull(boolean full) {
    diskFull = full;
    fullSinceLast |= full;
  }

  /** Whether the disk was full when room was last asked for. Any thread. */
  boolean isDiskFull() {
    return diskFull;
  }

  boolean isReady() {
    return !ready.isEmpty();
  }

  /**
   * A file for the commit thread to begin, with room for so many bytes; null when none is ready.
   */
  @Nullable LogFile take(long bytes, long start, int generation) {
    LogFile file = ready.poll();
    if (file == null) {
      return null;
    }
    if (file.capacity < bytes) {
      tooSmall.add(file);
      return null;
    }
    LogFile fresh = file.at(start, generation);
    begun.add(fresh);
    return fresh;
  }

  /** Whether the commit thread waits for a file that only a checkpoint can make free. */
  boolean isFull() {
    noteBegun();
    return wantedBytes > 0
        && ready.isEmpty()
        && preparing == null
        && (diskFull || !mayGrow(wantedBytes));
  }

  /** Whether idle files can make room for another one; they always can beside the newest alone. */
  private boolean mayGrow(long bytes) {
    long neededBytes = existingBytes - bytes(idle);
    return neededBytes + fileBytes(bytes) <= mostBytes() || neededBytes == used.getLast().size();
  }

  private long mostBytes() {
    return options.logBytes() + options.firstLogFileBytes();
  }

  private long fileBytes(long bytes) {
    return Math.max(options.logFileBytes(), bytes + LogFile.HEADER_BYTES);
  }

  private void noteBegun() {
    for (LogFile file = begun.poll(); file != null; file = begun.poll()) {
      used.add(file);
    }
    for (LogFile file = tooSmall.poll(); file != null; file = tooSmall.poll()) {
      idle.add(file);
    }
  }

  private static long bytes(Collection<LogFile> files) {
    long total = 0;
    for (LogFile file : files) {
      total += file.size();
    }
    return total;
  }

  /**
   * Does a piece of the work to get a wanted file ready.
   *
   * @return false when there is nothing to do, or nothing can be done before a checkpoint
   */
  boolean prepare() throws IOException {
    long bytes = wantedBytes;
    if (bytes == 0) {
      return false;
    }
    if (!ready.isEmpty()) {
      wantedBytes = 0;
      return false;
    }
    Preparing present = preparing;
    if (present != null) {
      fillMore(present);
      return true;
    }
    noteBegun();
    for (LogFile file : idle) {
      if (file.capacity >= bytes) {
        idle.remove(file);
        wantedBytes = 0;
        ready.add(file);
        return true;
      }
    }
    if (!mayGrow(bytes)) {
      return false;
    }
    long least = Math.min(options.logFileBytes(), LEAST_FILE_BYTES);
    long needed = bytes + LogFile.HEADER_BYTES;
    long wanted = fileBytes(bytes);
    if (fullSinceLast) {
      wanted = Math.min(wanted, Math.max(needed, options.firstLogFileBytes()));
    }
    if (!idle.isEmpty() && existingBytes + wanted > mostBytes()) {
      delete(idle.remove(0)); // it is too small
      return true;
    }
    create(wanted, Math.min(wanted, Math.max(least, needed)));
    return true;
  }

  /**
   * Begins a file: a smaller one than wanted, if that leaves room for other things. On a full disk
   * an idle one, which is too small, goes first.
   */
  private void create(long wanted, long least) throws IOException {
    long usable = disk.usableBytes(directory) - reserve.missingBytes();
    long size = usable < 2 * wanted ? Math.max(least, Math.min(wanted, usable / 2)) : wanted;
    if (usable < size && !idle.isEmpty()) {
      delete(idle.remove(0));
      return;
    }
    if (usable < size) {
      throw new DiskFullException("a log file of " + size + " bytes, and " + usable + " are left");
    }
    Path path = directory.resolve(String.format("%08d.log", nextNumber++));
    preparing = new Preparing(path, disk.open(path, Disk.Access.CREATE), size, 0);
    existingBytes += size;
    fullSinceLast = false;
  }

  private void fillMore(Preparing present) throws IOException {
    try {
      long done = present.done;
      if (done < present.size) {
        ByteBuffer chunk = zeros().clear();
        int count = (int) Math.min(chunk.capacity(), present.size - done);
        present.file.write(chunk.limit(count), done);
        present.file.sync(); // a little at a time: commits wait for the disk behind it
        preparing = new Preparing(present.path, present.file, present.size, done + count);
        return;
      }
      disk.syncDirectory(directory);
    } catch (IOException failure) {
      preparing = null;
      existingBytes -= present.size;
      try (present.file) {
        disk.delete(present.path);
      } catch (IOException leftBehind) {
        failure.addSuppressed(leftBehind); // the next start removes it
      }
      throw failure;
    }
    preparing = null;
    wantedBytes = 0;
    ready.add(new LogFile(present.path, present.file, 0, 0, present.size));
  }

  private ByteBuffer zeros() {
    ByteBuffer made = zeros;
    if (made == null) {
      made = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, options.logFileBytes()));
      zeros = made;
    }
    return made;
  }

  /** Makes the first file, before the threads run. */
  LogFile first(long start, int generation) throws IOException {
    while (ready.isEmpty()) {
      Preparing present = preparing;
      if (present != null) {
        fillMore(present);
      } else {
        create(options.firstLogFileBytes(), options.firstLogFileBytes());
      }
    }
    LogFile made = Objects.requireNonNull(ready.poll()).at(start, generation);
    used.add(made);
    return made;
  }

  /**
   * Makes durable all that was written to the log before the call: a file is begun only when those
   * before it are.
   */
  void syncNewest() throws IOException {
    noteBegun();
    used.getLast().file.sync();
  }

  /**
   * The records before {@code position} are not needed any more.
   *
   * @return whether files became free
   */
  boolean recycle(long position) throws IOException {
    neededFrom = position;
    noteBegun();
    boolean freed = false;
    while (used.size() > 1) {
      LogFile oldest = used.remove();
      if (used.element().start > position) {
        used.addFirst(oldest);
        break;
      }
      freed = true;
      if (oldest.size() > options.logFileBytes()) {
        delete(oldest);
      } else {
        idle.add(oldest);
      }
    }
    return freed;
  }

  private void delete(LogFile file) throws IOException {
    file.close();
    disk.delete(file.path);
    existingBytes -= file.size();
  }

  @Override
  public void close() throws IOException {
    noteBegun();
    for (LogFile file : used) {
      file.close();
    }
    for (LogFile file : idle) {
      file.close();
    }
    for (LogFile file : ready) {
      file.close();
    }
    Preparing present = preparing;
    if (present != null) {
      present.file.close();
    }
  }
}
