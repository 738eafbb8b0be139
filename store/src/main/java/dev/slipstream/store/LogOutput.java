// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a commit on their way into a log file: gathered in memory and written at once, in
 * pieces when there are more than {@code mostBytes}. Owner: the commit thread.
 */
final class LogOutput {
  private static final int FIRST_BYTES = 64 << 10;

  private final int mostBytes;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BYTES);
  private @Nullable LogFile file;
  private long position;

  LogOutput(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** What is written next goes into {@code file}, from {@code newPosition} of the log on. */
  void begin(LogFile newFile, long newPosition) {
    file = newFile;
    position = newPosition;
  }

  /** Takes the first {@code length} bytes of an array. */
  void write(byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!buffer.hasRemaining()) {
        growOrFlush();
      }
      int count = Math.min(buffer.remaining(), length - done);
      buffer.put(bytes, done, count);
      done += count;
    }
  }

  private void growOrFlush() throws IOException {
    if (buffer.capacity() >= mostBytes) {
      flush();
      return;
    }
    ByteBuffer larger = ByteBuffer.allocateDirect(Math.min(buffer.capacity() * 4, mostBytes));
    larger.put(buffer.flip());
    buffer = larger;
  }

  /** Writes what was taken. */
  void flush() throws IOException {
    LogFile present = Objects.requireNonNull(file, "begun");
    int count = buffer.flip().remaining();
    present.file.write(buffer, present.offset(position));
    position += count;
    buffer.clear();
  }

  /** Writes again what a file holds of the positions from {@code from} to {@code end}. */
  void rewrite(LogFile each, long from, long end) throws IOException {
    long to = Math.min(end, each.start + each.capacity);
    buffer.clear();
    for (long at = from; at < to; at += buffer.capacity()) {
      buffer.limit((int) Math.min(buffer.capacity(), to - at));
      each.file.readFully(buffer, each.offset(at));
      each.file.write(buffer.flip(), each.offset(at));
      buffer.clear();
    }
  }
}
