// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A part of a file in memory that moves along as it is read. */
final class FileWindow {
  private static final int BYTES = 1 << 20;

  private final DiskFile file;
  private final long size;
  private byte[] bytes = new byte[0];
  private long from;
  private int length;

  FileWindow(DiskFile file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /** The size of the file. */
  long size() {
    return size;
  }

  /** The array behind the window; replaced when the window moves. */
  byte[] bytes() {
    return bytes;
  }

  /** Whether the file has {@code count} bytes at {@code offset}. */
  boolean has(long offset, long count) {
    return offset >= 0 && count <= size - offset;
  }

  /** The index in {@link #bytes} of {@code offset}, from which on {@code count} bytes are there. */
  int index(long offset, int count) throws IOException {
    if (offset < from || offset + count > from + length) {
      int wanted = (int) Math.min(Math.max(count, BYTES), size - offset);
      if (bytes.length < wanted) {
        bytes = new byte[wanted];
      }
      file.readFully(ByteBuffer.wrap(bytes, 0, wanted), offset);
      from = offset;
      length = wanted;
    }
    return (int) (offset - from);
  }

  /** How many bytes from {@code offset} on are in memory. */
  int inMemory(long offset) {
    return offset < from ? 0 : (int) Math.max(0, from + length - offset);
  }
}
