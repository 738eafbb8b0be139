// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log: a header of 4096 bytes, of which 40 are used, then records.
 *
 * <p>The header says where in the log the file begins. It is written when the file is begun anew,
 * in one sector, and becomes durable with the first commit in the file. Source:
 * docs/data-format.md, "log files".
 */
final class LogFile implements Closeable {
  static final int HEADER_BYTES = 4096;

  private static final long MAGIC = 0x534c_4950_4c4f_4731L; // "SLIPLOG1"
  private static final int GENERATION = 12;
  private static final int START = 16;
  private static final int CRC = 24;
  static final int USED_BYTES = 28;

  final Path path;
  final DiskFile file;

  /** The position of the first record. */
  final long start;

  /** The generation in which the file was begun. */
  final int generation;

  /** How many bytes of records it holds. */
  final long capacity;

  LogFile(Path path, DiskFile file, long start, int generation, long size) {
    this.path = path;
    this.file = file;
    this.start = start;
    this.generation = generation;
    this.capacity = Math.max(0, size - HEADER_BYTES);
  }

  /** The file, to be begun anew at another position. */
  LogFile at(long newStart, int newGeneration) {
    return new LogFile(path, file, newStart, newGeneration, HEADER_BYTES + capacity);
  }

  /** Reads the header of an open file; null when it is none. */
  static @Nullable LogFile read(Path path, DiskFile file) throws IOException {
    long size = file.size();
    if (size < HEADER_BYTES) {
      return null;
    }
    byte[] header = new byte[USED_BYTES];
    file.readFully(ByteBuffer.wrap(header), 0);
    boolean valid =
        OutputBuffer.getLong(header, 0) == MAGIC
            && OutputBuffer.getInt(header, CRC) == RecordHeader.crc(new CRC32C(), header, 0, CRC);
    return valid
        ? new LogFile(
            path,
            file,
            OutputBuffer.getLong(header, START),
            OutputBuffer.getInt(header, GENERATION),
            size)
        : null;
  }

  void writeHeader() throws IOException {
    OutputBuffer out = new OutputBuffer(USED_BYTES);
    out.putLong(MAGIC).putInt(1).putInt(generation).putLong(start);
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), 0, CRC));
    file.write(ByteBuffer.wrap(out.array(), 0, out.length()), 0);
  }

  /** Where in the file a position lies. */
  long offset(long position) {
    return HEADER_BYTES + (position - start);
  }

  /** How many bytes from {@code position} on the file has room for. */
  long room(long position) {
    return capacity - (position - start);
  }

  long size() {
    return HEADER_BYTES + capacity;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return path.getFileName() + " (from position " + start + ")";
  }
}
