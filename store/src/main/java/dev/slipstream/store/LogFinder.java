// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds at the start which log files follow each other from a position on, which may be used again,
 * and which are leftovers.
 */
final class LogFinder {
  private static final Logger LOG = System.getLogger(LogFinder.class.getName());

  /** The files from the position on, ascending. */
  final List<LogFile> chain = new ArrayList<>();

  /** Files whose records all lie before the position. */
  final List<LogFile> stale = new ArrayList<>();

  /** How many files had lost their header. */
  int damagedHeaders;

  /** A number that no file's name has, nor any above it. */
  long firstFreeNumber;

  /** Looks through {@code directory}. */
  LogFinder(Disk disk, Path directory, long from) throws IOException {
    List<LogFile> found = new ArrayList<>();
    try {
      for (Path path : disk.list(directory)) {
        LogFile file = open(disk, path, from);
        if (file != null) {
          found.add(file);
        }
      }
    } catch (IOException failure) {
      for (LogFile file : found) {
        file.close();
      }
      throw failure;
    }
    found.sort(Comparator.<LogFile>comparingLong(f -> f.start).thenComparingInt(f -> f.generation));
    int first = 0;
    while (first + 1 < found.size() && found.get(first + 1).start <= from) {
      first++;
    }
    stale.addAll(found.subList(0, Math.min(first, found.size())));
    chain.addAll(found.subList(stale.size(), found.size()));
  }

  private @Nullable LogFile open(Disk disk, Path path, long from) throws IOException {
    String name = path.getFileName().toString();
    if (!name.matches("[0-9]{8,18}\\.log")) {
      return null;
    }
    firstFreeNumber =
        Math.max(firstFreeNumber, 1 + Long.parseLong(name.substring(0, name.indexOf('.'))));
    DiskFile file = disk.open(path, Disk.Access.WRITE);
    try {
      LogFile known = LogFile.read(path, file);
      if (known == null) {
        known = recognize(path, file, from);
      }
      if (known == null) {
        file.close();
        disk.delete(path); // never begun, or its preparation was cut short
      }
      return known;
    } catch (IOException failure) {
      file.close();
      throw failure;
    }
  }

  private @Nullable LogFile recognize(Path path, DiskFile file, long from) throws IOException {
    LogFile restored = toldByRecords(path, file, from);
    if (restored != null) {
      LOG.log(Logger.Level.ERROR, "log file {0} has lost its header; it is restored", restored);
      damagedHeaders++;
      restored.writeHeader();
    }
    return restored;
  }

  /**
   * A file without a header is told by the records in it, which say where they belong; null when
   * there is none from the position on.
   */
  static @Nullable LogFile toldByRecords(Path path, DiskFile file, long from) throws IOException {
    CRC32C crc = new CRC32C();
    FileWindow window = new FileWindow(file);
    for (long offset = LogFile.HEADER_BYTES; window.has(offset, RecordHeader.BYTES); offset++) {
      int at = window.index(offset, RecordHeader.BYTES);
      byte[] bytes = window.bytes();
      if (!RecordHeader.hasMagic(bytes, at)) {
        continue;
      }
      long position = OutputBuffer.getLong(bytes, at + RecordHeader.POSITION);
      if (position >= from && RecordHeader.isValid(bytes, at, position, crc)) {
        long start = position - (offset - LogFile.HEADER_BYTES);
        return new LogFile(path, file, start, RecordHeader.generation(bytes, at), window.size());
      }
    }
    return null;
  }
}
