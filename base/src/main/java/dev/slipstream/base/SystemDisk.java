// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The machine's file system. */
enum SystemDisk implements Disk {
  INSTANCE;

  @Override
  public DiskFile open(Path path, Access access) throws IOException {
    return new SystemFile(
        path,
        new UncachedReads(path),
        switch (access) {
          case READ -> FileChannel.open(path, StandardOpenOption.READ);
          case WRITE -> FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
          case CREATE ->
              FileChannel.open(
                  path,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE);
        });
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (java.io.File.separatorChar == '\\') {
      return; // a directory cannot be opened there, and the file system's journal keeps names
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public @Nullable Closeable lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      // answered like one that another process holds
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : channel;
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  /** The JDK tells a full disk by the system's text alone. */
  private static IOException named(Path path, IOException failure) {
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("no space left") || text.contains("quota") || text.contains("disk full")
        ? new DiskFullException(path + ": " + failure.getMessage(), failure)
        : failure;
  }

  private record SystemFile(Path path, UncachedReads uncached, FileChannel channel)
      implements DiskFile {

    @Override
    public void readFully(ByteBuffer into, long position) throws IOException {
      long at = position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new EOFException(path + " ends at " + at);
        }
        at += count;
      }
    }

    @Override
    public void readOnce(ByteBuffer into, long position) throws IOException {
      if (!uncached.read(into, position)) {
        readFully(into, position);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      try {
        long at = position;
        while (from.hasRemaining()) {
          at += channel.write(from, at);
        }
      } catch (IOException failure) {
        throw named(path, failure);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      try (uncached) {
        channel.close();
      }
    }
  }
}
