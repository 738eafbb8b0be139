// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system as the store sees it: the one door to files, so that a test can own what is
 * behind it.
 *
 * <p>What survives a power cut is exactly this: the bytes of a file as of its last {@link
 * DiskFile#sync}, and the names in a directory as of its last {@link #syncDirectory}; of what came
 * later any part may survive. Thread-safe. Every method may block; no thread that serves messages
 * calls it.
 */
public interface Disk {

  /** What a file is opened for. */
  enum Access {
    /** To read a file that is there. */
    READ,
    /** To read and write a file that is there. */
    WRITE,
    /** To read and write; an empty file is made when there is none. */
    CREATE
  }

  /** The disk of this machine. */
  static Disk system() {
    return SystemDisk.INSTANCE;
  }

  /** Opens a file. */
  DiskFile open(Path path, Access access) throws IOException;

  /** Whether there is a file or directory of that name. */
  boolean exists(Path path) throws IOException;

  /** What a directory holds, by name in ascending order. */
  List<Path> list(Path directory) throws IOException;

  /** Makes a directory and those above it; one that is there already is left alone. */
  void createDirectories(Path directory) throws IOException;

  /** Gives a file another name in one step; a file that has that name already is replaced. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file. */
  void delete(Path path) throws IOException;

  /** Makes the names in a directory durable. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Locks a file, made when there is none, against other processes and other callers in this one.
   *
   * @return the lock, which ends when closed or with the process; null when another holds it
   */
  @Nullable Closeable lock(Path path) throws IOException;

  /** How many bytes may still be written in the file system that holds {@code path}. */
  long usableBytes(Path path) throws IOException;
}
