// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The places in a data directory, and the checks before anything in it is touched: {@code
 * jetstream/slipstream/} with {@code FORMAT}, {@code LOCK}, {@code log/}, {@code segments/} and
 * {@code checkpoint}.
 */
final class StoreDirectory implements Closeable {
  private static final String FORMAT_WORD = "slipstream-store ";

  /** There is no FORMAT file. */
  private static final int NONE = 0;

  /** The version of a directory that never had a compressed block. */
  private static final int PLAIN = 1;

  /** The version of one that may have some. */
  private static final int COMPRESSED = 2;

  private static final int FORMAT_BYTES = 64;

  final Disk disk;
  final Path home;
  final Path log;
  final Path segments;
  private final Closeable lock;
  private int version;

  private StoreDirectory(Disk disk, Path home, int version, Closeable lock) {
    this.version = version;
    this.disk = disk;
    this.home = home;
    this.log = home.resolve("log");
    this.segments = home.resolve("segments");
    this.lock = lock;
  }

  /** Makes the directory where needed and locks it; one that is not ours is left as it is. */
  static StoreDirectory open(Disk disk, Path directory) throws StoreException {
    Path jetstream = directory.toAbsolutePath().normalize().resolve("jetstream");
    Path home = jetstream.resolve("slipstream");
    Closeable lock = null;
    try {
      refuseForeign(disk, jetstream, home);
      int version = version(disk, home);
      disk.createDirectories(home);
      lock = disk.lock(home.resolve("LOCK"));
      if (lock == null) {
        throw new StoreLockedException(
            "another server is running on the data directory " + directory + " (it holds LOCK)");
      }
      version = version == NONE ? version(disk, home) : version;
      StoreDirectory opened = new StoreDirectory(disk, home, version, lock);
      if (version == NONE) {
        opened.refuseWithoutFormat();
        opened.raise(PLAIN);
      }
      disk.createDirectories(opened.log);
      disk.createDirectories(opened.segments);
      opened.syncNames();
      lock = null;
      return opened;
    } catch (StoreException clear) {
      throw clear;
    } catch (IOException failure) {
      throw new StoreException(
          "the data directory " + directory + " cannot be opened: " + failure, failure);
    } finally {
      closeQuietly(lock);
    }
  }

  /**
   * Locks a directory that is there, to read it and change nothing: not even the file LOCK is made,
   * without which no server runs.
   *
   * @param directory the one that a server is given, or {@code jetstream} or {@code slipstream} in
   *     it
   */
  static StoreDirectory openForReading(Disk disk, Path directory) throws StoreException {
    try {
      Path home = find(disk, directory.toAbsolutePath().normalize());
      if (home == null) {
        throw new StoreException(
            disk.exists(directory.toAbsolutePath().normalize())
                ? directory + " is not a data directory: it has no jetstream/slipstream"
                : directory + " is not there");
      }
      refuseForeign(disk, parent(home), home);
      int version = version(disk, home);
      StoreDirectory found = new StoreDirectory(disk, home, version, () -> {});
      if (version == NONE) {
        found.refuseWithoutFormat();
        throw new StoreException(home + " is empty: it has no FORMAT file");
      }
      Path lockFile = home.resolve("LOCK");
      Closeable lock = disk.exists(lockFile) ? disk.lock(lockFile) : () -> {};
      if (lock == null) {
        throw new StoreException(
            "a server is running on the data directory " + directory + " (it holds LOCK)");
      }
      return new StoreDirectory(disk, home, version, lock);
    } catch (StoreException clear) {
      throw clear;
    } catch (IOException failure) {
      throw new StoreException(
          "the data directory " + directory + " cannot be opened: " + failure, failure);
    }
  }

  private static @Nullable Path find(Disk disk, Path directory) throws IOException {
    Path jetstream = directory.endsWith("jetstream") ? directory : directory.resolve("jetstream");
    Path home = jetstream.resolve("slipstream");
    if (disk.exists(home)) {
      return home;
    }
    if (disk.exists(jetstream)) {
      refuseForeign(disk, jetstream, home);
    }
    boolean isHome =
        directory.endsWith("jetstream/slipstream") || disk.exists(directory.resolve("FORMAT"));
    return isHome && disk.exists(directory) ? directory : null;
  }

  private static void closeQuietly(@Nullable Closeable lock) {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException ignored) {
      // the failure that led here is the one to tell
    }
  }

  private static void refuseForeign(Disk disk, Path jetstream, Path home) throws IOException {
    if (!disk.exists(jetstream)) {
      return;
    }
    for (Path entry : disk.list(jetstream)) {
      if (!entry.equals(home)) {
        throw new StoreException(
            jetstream
                + " holds data of another server ("
                + entry.getFileName()
                + "); it was left untouched, choose another store_dir");
      }
    }
  }

  /**
   * What the FORMAT file says, {@link #NONE} without one; a version that is not known is refused.
   */
  private static int version(Disk disk, Path home) throws IOException {
    Path path = home.resolve("FORMAT");
    if (!disk.exists(path)) {
      return NONE;
    }
    String text;
    try (DiskFile file = disk.open(path, Disk.Access.READ)) {
      byte[] bytes = new byte[(int) Math.min(FORMAT_BYTES, file.size())];
      file.readFully(ByteBuffer.wrap(bytes), 0);
      text = new String(bytes, StandardCharsets.US_ASCII).strip();
    }
    for (int version = PLAIN; version <= COMPRESSED; version++) {
      if (text.equals(FORMAT_WORD + version)) {
        return version;
      }
    }
    throw new StoreException(
        path
            + " says \""
            + text
            + "\"; this version reads \""
            + FORMAT_WORD
            + PLAIN
            + "\" and \""
            + FORMAT_WORD
            + COMPRESSED
            + "\" only, nothing was changed");
  }

  /**
   * A compressed block is about to be written: from now on those are to refuse the directory who
   * know no such blocks.
   */
  void admitCompression() throws IOException {
    if (version < COMPRESSED) {
      raise(COMPRESSED);
    }
  }

  private void raise(int to) throws IOException {
    String text = FORMAT_WORD + to + "\n";
    replace(home.resolve("FORMAT"), text.getBytes(StandardCharsets.US_ASCII));
    version = to;
  }

  /** FORMAT is made first: data without it has lost it, and is not taken for a new directory. */
  private void refuseWithoutFormat() throws IOException {
    for (Path directory : new Path[] {log, segments}) {
      if (disk.exists(directory) && !disk.list(directory).isEmpty()) {
        throw new StoreException(home + " holds data and no FORMAT file; nothing was changed");
      }
    }
  }

  /**
   * Makes all names durable, also those that are there: a process that was killed may have made
   * them and not synced.
   */
  private void syncNames() throws IOException {
    disk.syncDirectory(log);
    disk.syncDirectory(segments);
    for (Path at = home; at != null; at = at.getParent()) {
      try {
        disk.syncDirectory(at);
      } catch (AccessDeniedException notOurs) {
        break; // somebody else made what lies above
      }
    }
  }

  /** A path below it as it is shown. */
  String name(Path path) {
    return home.relativize(path).toString().replace('\\', '/');
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /** Writes a small file in one step: it has the old content or the new. */
  void replace(Path path, byte[] content) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (DiskFile file = disk.open(fresh, Disk.Access.CREATE)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(content), 0);
      file.sync();
    }
    disk.rename(fresh, path);
    disk.syncDirectory(parent(path));
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
