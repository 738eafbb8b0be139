// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one file that go past the system's cache (O_DIRECT and its kin), and so are never more
 * than what is asked for: a system that reads ahead may have 8 MiB come at once, and whoever syncs
 * waits behind them. Thread-safe.
 */
final class UncachedReads implements Closeable {
  /** What a thread has for bytes on their way, which such reads want at whole pages. */
  private static final int ROOM_BYTES = 512 << 10;

  private static final int LARGEST_PAGE_BYTES = 64 << 10;

  private static final ThreadLocal<@Nullable ByteBuffer> ROOM = new ThreadLocal<>();

  private final Path path;
  private final AtomicReference<@Nullable Opened> opened = new AtomicReference<>();

  /**
   * The file once more.
   *
   * @param channel null where the file system has no such reads
   */
  private record Opened(@Nullable FileChannel channel, int pageBytes) {}

  UncachedReads(Path path) {
    this.path = path;
  }

  /**
   * Fills the rest of {@code into}; false, with nothing filled, where it cannot be done like this.
   *
   * @throws EOFException when the file ends before
   */
  boolean read(ByteBuffer into, long position) throws IOException {
    Opened file = opened();
    FileChannel channel = file.channel;
    if (channel == null) {
      return false;
    }
    ByteBuffer room = room();
    long at = position;
    while (into.hasRemaining()) {
      int before = (int) (at % file.pageBytes);
      int bytes = Math.min(room.capacity(), roundedUp(before + into.remaining(), file.pageBytes));
      room.clear().limit(bytes);
      int count;
      try {
        count = channel.read(room, at - before);
      } catch (IOException refused) {
        if (at > position) {
          throw refused;
        }
        return false; // whether the file is bad or only such reads are, the other way tells
      }
      int got = Math.min(count - before, into.remaining());
      if (got <= 0) {
        throw new EOFException(path + " ends before " + at);
      }
      into.put(room.flip().slice(before, got));
      at += got;
    }
    return true;
  }

  private static int roundedUp(int bytes, int pageBytes) {
    return (bytes + pageBytes - 1) / pageBytes * pageBytes;
  }

  private static ByteBuffer room() {
    ByteBuffer room = ROOM.get();
    if (room == null) {
      room =
          ByteBuffer.allocateDirect(ROOM_BYTES + LARGEST_PAGE_BYTES)
              .alignedSlice(LARGEST_PAGE_BYTES)
              .slice(0, ROOM_BYTES);
      ROOM.set(room);
    }
    return room;
  }

  private Opened opened() throws IOException {
    Opened present = opened.get();
    if (present != null) {
      return present;
    }
    Opened made = open();
    if (opened.compareAndSet(null, made)) {
      return made;
    }
    close(made);
    return opened();
  }

  private Opened open() {
    try {
      long pageBytes = Files.getFileStore(path).getBlockSize();
      if (pageBytes > 0 && LARGEST_PAGE_BYTES % pageBytes == 0) {
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        return new Opened(channel, (int) pageBytes);
      }
    } catch (IOException | UnsupportedOperationException none) {
      // it is read through the cache
    }
    return new Opened(null, 1);
  }

  private static void close(Opened file) throws IOException {
    FileChannel channel = file.channel;
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    Opened present = opened.get();
    if (present != null) {
      close(present);
    }
  }
}
