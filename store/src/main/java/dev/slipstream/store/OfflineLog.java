// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The log of a directory that no server runs on, opened for reading only: what a start would read,
 * and before it what is still there of records that lie before the checkpoint.
 *
 * <p>Files are chosen as {@link LogFinder} does, and read by {@link LogReader}.
 */
final class OfflineLog implements Closeable {

  /** Takes what is in the log, in the order of positions. */
  interface Visitor extends LogReader.Findings, Consumer<LogRecord> {
    /** A file is not there to be read, or not all of it is. */
    void unreadable(Path file, IOException failure);
  }

  /** All files that are known to hold records, by position. */
  final List<LogFile> files = new ArrayList<>();

  /** Files whose header is damaged; those among {@link #files} are told by their records. */
  final List<Path> damagedHeaders = new ArrayList<>();

  /** Files that were prepared and not begun. */
  final List<Path> unused = new ArrayList<>();

  private final long from;
  private int first;

  /** Opens the files; {@code from} is where a start begins to read. */
  OfflineLog(StoreDirectory directory, long from) throws IOException {
    this.from = from;
    try {
      if (directory.disk.exists(directory.log)) {
        for (Path path : directory.disk.list(directory.log)) {
          if (path.getFileName().toString().matches("[0-9]{8,18}\\.log")) {
            open(directory.disk, path);
          }
        }
      }
    } catch (IOException failure) {
      close();
      throw failure;
    }
    files.sort(Comparator.<LogFile>comparingLong(f -> f.start).thenComparingInt(f -> f.generation));
    while (first + 1 < files.size() && files.get(first + 1).start <= from) {
      first++;
    }
  }

  private void open(Disk disk, Path path) throws IOException {
    DiskFile file = disk.open(path, Disk.Access.READ);
    LogFile known = null;
    try {
      known = LogFile.read(path, file);
      if (known == null) {
        known = LogFinder.toldByRecords(path, file, from);
        (known != null || hasHeader(file) ? damagedHeaders : unused).add(path);
      }
      if (known != null) {
        files.add(known);
      }
    } finally {
      if (known == null) {
        file.close();
      }
    }
  }

  /** Whether something was written where a header belongs. */
  private static boolean hasHeader(DiskFile file) throws IOException {
    byte[] header = new byte[(int) Math.min(LogFile.USED_BYTES, file.size())];
    file.readFully(ByteBuffer.wrap(header), 0);
    for (byte each : header) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  /** The file that holds a position; null when none does. */
  @Nullable LogFile holding(long position) {
    for (int i = files.size() - 1; i >= 0; i--) {
      if (files.get(i).start <= position) {
        return files.get(i);
      }
    }
    return null;
  }

  /**
   * Reads what lies before the position where a start begins. Runs of files that follow each other
   * are read as one; where one ends without another behind it, its end is taken for a torn tail.
   */
  void readOlder(Visitor visitor) {
    int begin = 0;
    for (int i = 0; i < first; i++) {
      LogFile next = files.get(i + 1);
      if (next.start - files.get(i).start > files.get(i).capacity) {
        read(files.subList(begin, i + 1), 0, visitor);
        begin = i + 1;
      }
    }
    if (files.isEmpty() || files.get(first).start > from) {
      return;
    }
    List<LogFile> run = new ArrayList<>(files.subList(begin, first));
    LogFile last = files.get(first);
    long size = Math.min(last.size(), last.offset(from));
    // one that is told by a record knows that record's generation, and those before it may be lower
    int generation = damagedHeaders.contains(last.path) ? 0 : last.generation;
    run.add(
        new LogFile(last.path, new CutFile(last.file, size), last.start, generation, last.size()));
    read(run, from, visitor);
  }

  private static void read(List<LogFile> run, long durableBefore, Visitor visitor) {
    try {
      LogReader reader = new LogReader(run, run.get(0).start, 0, durableBefore, visitor);
      reader.read(visitor);
    } catch (IOException failure) {
      visitor.unreadable(run.get(0).path, failure);
    }
  }

  /**
   * Reads what a start would read.
   *
   * @return where the log ends, when there is a log
   */
  @Nullable LogReader readNeeded(int generation, long durableBefore, Visitor visitor) {
    if (files.isEmpty()) {
      return null;
    }
    List<LogFile> chain = files.subList(first, files.size());
    try {
      LogReader reader = new LogReader(chain, from, generation, durableBefore, visitor);
      reader.read(visitor);
      return reader;
    } catch (IOException failure) {
      visitor.unreadable(chain.get(0).path, failure);
      return null;
    }
  }

  /** Whether records of a write lie behind the end of the log that is not there as a whole. */
  boolean isTorn(LogReader read) throws IOException {
    LogFile file = files.get(files.size() - 1);
    long begin = file.offset(read.end());
    FileWindow window = new FileWindow(file.file);
    CRC32C crc = new CRC32C();
    for (long offset = begin; window.has(offset, RecordHeader.BYTES); offset++) {
      int at = window.index(offset, RecordHeader.BYTES);
      byte[] bytes = window.bytes();
      if (!RecordHeader.hasMagic(bytes, at)) {
        continue;
      }
      long position = file.start + (offset - LogFile.HEADER_BYTES);
      boolean fits =
          OutputBuffer.getLong(bytes, at + RecordHeader.POSITION) == position
              && RecordHeader.generation(bytes, at) >= read.generation();
      if (fits && (offset == begin || RecordHeader.isValid(bytes, at, position, crc))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a range of a file holds a record that belongs behind everything the file held: it was
   * being begun anew when the server ended, and its new header did not become durable.
   */
  boolean wasBeingBegunAnew(LogFile file, long rangeFrom, long rangeTo) throws IOException {
    FileWindow window = new FileWindow(file.file);
    CRC32C crc = new CRC32C();
    long stop = file.offset(rangeTo);
    for (long at = file.offset(rangeFrom); at < stop; at++) {
      if (!window.has(at, RecordHeader.BYTES)) {
        return false;
      }
      int index = window.index(at, RecordHeader.BYTES);
      if (RecordHeader.hasMagic(window.bytes(), index)) {
        long position = OutputBuffer.getLong(window.bytes(), index + RecordHeader.POSITION);
        if (position >= from && RecordHeader.isValid(window.bytes(), index, position, crc)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    for (LogFile file : files) {
      file.close();
    }
  }

  /** A file of which only the beginning is read. */
  private record CutFile(DiskFile file, long size) implements DiskFile {
    @Override
    public void readFully(ByteBuffer into, long position) throws IOException {
      file.readFully(into, position);
    }

    @Override
    public void write(ByteBuffer bytes, long position) {
      throw new UnsupportedOperationException("only read");
    }

    @Override
    public void sync() {
      throw new UnsupportedOperationException("only read");
    }

    @Override
    public void truncate(long newSize) {
      throw new UnsupportedOperationException("only read");
    }

    @Override
    public void close() {} // the file belongs to another
  }
}
