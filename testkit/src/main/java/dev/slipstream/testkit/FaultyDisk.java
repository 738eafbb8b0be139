// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.base.DiskFullException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps apart what was synced and what was not, loses power when told, and
 * fails the call that the test chooses.
 *
 * <p>A {@link #crash} keeps all that was synced and, of the rest, any part: sectors of 512 bytes in
 * any of their versions, names made, moved or removed or not. After a failed sync, what it should
 * have made durable stays in doubt however often the file is synced later. Owner: the test's
 * thread.
 */
public final class FaultyDisk implements Disk {

  /** How a call fails. */
  public enum Fault {
    /** Nothing is done. */
    IO_ERROR,
    /** A write does half of its work. */
    SHORT_WRITE,
    /** What would take room does half of its work or nothing; the rest fails as by an error. */
    DISK_FULL,
    /** The call and all after it fail, until {@link #crash} decides what is left. */
    POWER_LOSS
  }

  /** What keeps or loses an unsynced change at a crash. */
  private enum Survival {
    NOTHING,
    EVERYTHING,
    ANY
  }

  private record NameChange(
      Path directory, @Nullable Path removed, @Nullable Path made, @Nullable SimulatedFile file) {}

  private final TreeMap<Path, SimulatedFile> names = new TreeMap<>();
  private final TreeMap<Path, SimulatedFile> durableNames = new TreeMap<>();
  private final TreeSet<Path> directories = new TreeSet<>();
  private final TreeSet<Path> durableDirectories = new TreeSet<>();
  private final List<NameChange> changes = new ArrayList<>();
  private final Set<Path> locks = new HashSet<>();
  private long capacityBytes = Long.MAX_VALUE;
  private long calls;
  private long failingCall;
  private @Nullable Fault fault;
  private boolean dark;
  private int lives;

  /** An empty disk with a root directory. */
  public FaultyDisk() {
    Path root = Path.of("/");
    directories.add(root);
    durableDirectories.add(root);
  }

  /** How many calls there were. */
  public long calls() {
    return calls;
  }

  /** Lets the {@code n}-th call from now on fail, 1 being the next one. */
  public void failAt(long n, Fault how) {
    failingCall = calls + n;
    fault = how;
  }

  /** Whether the call chosen by {@link #failAt} has come. */
  public boolean hasFailed() {
    return dark || fault == null && failingCall > 0;
  }

  /** Lets no call fail. */
  public void heal() {
    fault = null;
    failingCall = 0;
    dark = false;
  }

  /** How many bytes all files may have. */
  public void capacity(long bytes) {
    capacityBytes = bytes;
  }

  /** Loses power: open files and locks are gone, and of what was not synced any part. */
  public void crash(RandomGenerator random) {
    Survival survival = anySurvival(random);
    for (NameChange change : changes) {
      if (survives(survival, random)) {
        apply(change);
      }
    }
    // in the order of their names, so that the same seed loses the same bytes
    Set<SimulatedFile> settled = new HashSet<>();
    durableNames.keySet().removeIf(path -> !durableDirectories.containsAll(above(path)));
    durableDirectories.removeIf(path -> !durableDirectories.containsAll(above(path)));
    for (SimulatedFile file : durableNames.values()) {
      if (settled.add(file)) {
        Survival ofFile = anySurvival(random);
        file.crash(ofFile == Survival.EVERYTHING, ofFile == Survival.NOTHING, random);
      }
    }
    names.clear();
    names.putAll(durableNames);
    directories.clear();
    directories.addAll(durableDirectories);
    changes.clear();
    reopen();
  }

  /** Ends the process that used the disk: open files and locks are gone, the content is not. */
  public void kill() {
    reopen();
  }

  private void reopen() {
    locks.clear();
    lives++;
    heal();
  }

  private static Survival anySurvival(RandomGenerator random) {
    return Survival.values()[random.nextInt(Survival.values().length)];
  }

  private static boolean survives(Survival survival, RandomGenerator random) {
    return survival == Survival.EVERYTHING || survival == Survival.ANY && random.nextBoolean();
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static List<Path> above(Path path) {
    List<Path> above = new ArrayList<>();
    for (Path at = path.getParent(); at != null; at = at.getParent()) {
      above.add(at);
    }
    return above;
  }

  /** Another disk with the same content, all of it durable. */
  public FaultyDisk copy() {
    FaultyDisk copy = new FaultyDisk();
    for (Map.Entry<Path, SimulatedFile> entry : names.entrySet()) {
      SimulatedFile file = entry.getValue().copy();
      copy.names.put(entry.getKey(), file);
      copy.durableNames.put(entry.getKey(), file);
    }
    copy.directories.addAll(directories);
    copy.durableDirectories.addAll(directories);
    return copy;
  }

  /** The files that there are. */
  public List<Path> files() {
    return List.copyOf(names.keySet());
  }

  /** How many bytes certain files have together. */
  public long bytesOf(Predicate<Path> files) {
    return names.keySet().stream().filter(files).mapToLong(path -> bytes(path).length).sum();
  }

  /** A copy of a file's bytes. */
  public byte[] bytes(Path path) {
    SimulatedFile file = names.get(path);
    if (file == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    return file.bytes();
  }

  /** Makes a file, or replaces its content, durably: for damage that no crash makes. */
  public void put(Path path, byte[] content) {
    SimulatedFile file = names.computeIfAbsent(path, any -> new SimulatedFile());
    file.replace(content);
    durableNames.put(path, file);
    directories.addAll(above(path));
    durableDirectories.addAll(above(path));
  }

  /** Turns one bit of a file over, durably. */
  public void flipBit(Path path, long bit) {
    byte[] content = bytes(path);
    content[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    put(path, content);
  }

  @Override
  public DiskFile open(Path path, Access access) throws IOException {
    call(access == Access.CREATE, "open " + path);
    SimulatedFile file = names.get(path);
    if (file == null) {
      if (access != Access.CREATE || !directories.contains(path.getParent())) {
        throw new FileNotFoundException(path + " is not there");
      }
      file = new SimulatedFile();
      names.put(path, file);
      changes.add(new NameChange(parent(path), null, path, file));
    }
    return new Handle(path, file, access != Access.READ, lives);
  }

  @Override
  public boolean exists(Path path) throws IOException {
    call(false, "look for " + path);
    return names.containsKey(path) || directories.contains(path);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    call(false, "list " + directory);
    if (!directories.contains(directory)) {
      throw new FileNotFoundException(directory + " is not there");
    }
    TreeSet<Path> found = new TreeSet<>();
    names.keySet().stream().filter(path -> directory.equals(path.getParent())).forEach(found::add);
    directories.stream().filter(path -> directory.equals(path.getParent())).forEach(found::add);
    return List.copyOf(found);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    call(true, "make " + directory);
    List<Path> missing = new ArrayList<>(List.of(directory));
    missing.addAll(above(directory));
    for (int i = missing.size() - 1; i >= 0; i--) {
      Path path = missing.get(i);
      if (directories.add(path)) {
        changes.add(new NameChange(parent(path), null, path, null));
      }
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    call(true, "rename " + from);
    SimulatedFile file = names.remove(from);
    if (file == null) {
      throw new FileNotFoundException(from + " is not there");
    }
    names.put(to, file);
    changes.add(new NameChange(parent(to), from, to, file));
  }

  @Override
  public void delete(Path path) throws IOException {
    call(false, "delete " + path);
    if (names.remove(path) == null) {
      throw new FileNotFoundException(path + " is not there");
    }
    changes.add(new NameChange(parent(path), path, null, null));
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    call(false, "sync " + directory);
    changes.stream().filter(change -> change.directory.equals(directory)).forEach(this::apply);
    changes.removeIf(change -> change.directory.equals(directory));
  }

  private void apply(NameChange change) {
    if (change.removed != null) {
      durableNames.remove(change.removed);
    }
    if (change.made != null && change.file != null) {
      durableNames.put(change.made, change.file);
    } else if (change.made != null) {
      durableDirectories.add(change.made);
    }
  }

  @Override
  public @Nullable Closeable lock(Path path) throws IOException {
    open(path, Access.CREATE).close();
    int life = lives;
    return locks.add(path)
        ? () -> {
          if (life == lives) {
            locks.remove(path);
          }
        }
        : null;
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    call(false, "ask for room in " + path);
    return capacityBytes - usedBytes();
  }

  private long usedBytes() {
    return names.values().stream().mapToLong(SimulatedFile::size).sum();
  }

  /** Counts a call and fails when it is its turn; answers whether half of a write is to be done. */
  private boolean call(boolean takesRoom, String what) throws IOException {
    Fault present = fault;
    if (++calls != failingCall || present == null) {
      return false;
    }
    if (present == Fault.POWER_LOSS) {
      failingCall++;
      dark = true;
      throw new IOException("no power: " + what);
    }
    fault = null;
    if (present == Fault.DISK_FULL && takesRoom) {
      throw new DiskFullException("no space left: " + what);
    }
    if (present == Fault.SHORT_WRITE && takesRoom) {
      return true;
    }
    throw new IOException("call " + calls + " fails: " + what);
  }

  private final class Handle implements DiskFile {
    private final Path path;
    private final SimulatedFile file;
    private final boolean writable;
    private final int life;
    private boolean closed;

    Handle(Path path, SimulatedFile file, boolean writable, int life) {
      this.path = path;
      this.file = file;
      this.writable = writable;
      this.life = life;
    }

    private boolean enter(boolean takesRoom, String what) throws IOException {
      if (closed || life != lives) {
        throw new IOException(path + " is closed");
      }
      return call(takesRoom, what + " " + path);
    }

    @Override
    public void readFully(ByteBuffer into, long position) throws IOException {
      enter(false, "read");
      if (position + into.remaining() > file.size()) {
        throw new EOFException(path + " ends at " + file.size());
      }
      file.read(into, (int) position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      if (!writable) {
        throw new IOException(path + " is open for reading");
      }
      boolean half;
      try {
        half = enter(true, "write");
      } catch (DiskFullException full) {
        writeHalf(from, position);
        throw full;
      }
      if (half) {
        writeHalf(from, position);
        throw new IOException("short write of " + path);
      }
      long growth = Math.max(0, position + from.remaining() - file.size());
      if (growth > 0 && growth > capacityBytes - usedBytes()) {
        throw new DiskFullException("no space left: write " + path);
      }
      byte[] bytes = new byte[from.remaining()];
      from.get(bytes);
      file.write(bytes, (int) position);
    }

    private void writeHalf(ByteBuffer from, long position) {
      byte[] bytes = new byte[from.remaining() / 2];
      from.get(bytes);
      file.write(bytes, (int) position);
    }

    @Override
    public void sync() throws IOException {
      try {
        enter(false, "sync");
      } catch (IOException failure) {
        if (!closed && life == lives && !dark) {
          file.loseUnsynced(new SplittableRandom(calls));
        }
        throw failure;
      }
      file.sync();
    }

    @Override
    public long size() throws IOException {
      enter(false, "ask for the size of");
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      enter(false, "truncate");
      file.truncate((int) size);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
