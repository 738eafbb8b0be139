// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Shows the records of a data directory that no server runs on, and changes nothing in it: those of
 * the log, or the messages of one stream.
 *
 * <p>Life: {@link #open}, then one of the two, {@link #close}. Memory: a window of 1 MiB and the
 * largest record or block.
 */
public final class StoreDump implements Closeable {

  /** Takes the records in turn. */
  public interface Sink {
    /** One record; false when no further is wanted. */
    boolean record(DumpedRecord record);

    /** Something that is damaged lies here. */
    void damaged(StoreDamage damage);
  }

  /** Ends a pass of the log's reader, which knows no other end. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Enough() {
      super("enough", null, false, false);
    }
  }

  private final StoreDirectory directory;
  private final StoreNames names;
  private final @Nullable CheckpointScan checkpoint;

  private StoreDump(StoreDirectory directory, StoreNames names) throws IOException {
    this.directory = directory;
    this.names = names;
    this.checkpoint = checkpoint(directory);
    if (checkpoint != null) {
      StoreCheck.readNames(directory, checkpoint, names);
    }
  }

  /**
   * Opens a directory.
   *
   * @throws StoreException as {@link StoreCheck#run}
   */
  public static StoreDump open(Disk disk, Path path, StoreNames names) throws StoreException {
    StoreDirectory directory = StoreDirectory.openForReading(disk, path);
    try {
      return new StoreDump(directory, names);
    } catch (IOException failure) {
      try {
        directory.close();
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
      throw new StoreException("the data directory cannot be read: " + failure, failure);
    }
  }

  private static @Nullable CheckpointScan checkpoint(StoreDirectory directory) throws IOException {
    CheckFindings ignored = new CheckFindings(directory.home, (read, of) -> {});
    for (String name : new String[] {"checkpoint", "checkpoint.copy"}) {
      Path path = directory.home.resolve(name);
      if (directory.disk.exists(path)) {
        CheckpointScan scan =
            new CheckpointScan(path, directory.disk.open(path, Disk.Access.READ), ignored);
        if (scan.isIntact()) {
          return scan;
        }
        scan.close();
      }
    }
    return null;
  }

  /** What a type is called; the engine's when {@code names} knows them. */
  static String typeName(StoreNames names, byte type) {
    String known =
        switch (type) {
          case RecordType.MESSAGE -> "message";
          case RecordType.BATCH -> "batch";
          default -> names.type(type);
        };
    return known == null ? "type " + type : known;
  }

  /** Shows the records of the log from a position on, as far back as they are there. */
  public void log(long fromPosition, Sink sink) throws IOException {
    readLog(asset -> true, fromPosition, 0, sink);
  }

  /**
   * Shows a stream's messages from a sequence on: those in segment files, then what the log has
   * behind them, with whatever else it has of the stream.
   */
  public void stream(long assetId, long fromSeq, Sink sink) throws IOException {
    CheckpointScan known = checkpoint;
    CheckpointScan.Section section = known == null ? null : known.section(assetId);
    long contained = 0;
    if (known != null && section != null) {
      contained = section.position();
      if (section.manifestLength() > 0
          && !new BlockDump(directory, names, section.assetId(), sink)
              .show(known.manifest(section), fromSeq)) {
        return;
      }
    }
    long after = contained;
    readLog(
        asset -> asset == assetId,
        known == null ? 0 : known.position(),
        after,
        new Sink() {
          @Override
          public boolean record(DumpedRecord record) {
            StoredMessage message = record.message();
            boolean wanted = message == null || message.seq >= fromSeq;
            return !wanted || sink.record(record);
          }

          @Override
          public void damaged(StoreDamage damage) {
            sink.damaged(damage);
          }
        });
  }

  /**
   * The stream of a number or a name.
   *
   * @throws StoreException when there is none or more than one
   */
  public long find(String stream) throws IOException {
    if (stream.matches("[0-9]{1,18}")) {
      return Long.parseLong(stream);
    }
    readLog(asset -> false, 0, 0, new Ignoring()); // lets the names be learnt
    List<Long> found = List.copyOf(new TreeSet<>(names.assets(stream)));
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new StoreException(
        found.isEmpty()
            ? "no stream " + stream + " is known"
            : "several streams are or were called " + stream + ", give the number: " + found);
  }

  private static final class Ignoring implements Sink {
    @Override
    public boolean record(DumpedRecord record) {
      return true;
    }

    @Override
    public void damaged(StoreDamage damage) {}
  }

  private void readLog(LongPredicate wanted, long fromPosition, long after, Sink sink)
      throws IOException {
    CheckpointScan known = checkpoint;
    long position = known == null ? 0 : known.position();
    try (OfflineLog log = new OfflineLog(directory, position)) {
      LogPass pass = new LogPass(wanted, Math.max(fromPosition, after), sink);
      if (fromPosition < position || known == null) {
        log.readOlder(pass);
      }
      log.readNeeded(
          known == null ? 0 : known.generation(),
          known == null ? 0 : known.highestPosition(),
          pass);
    } catch (Enough limitReached) {
      // as it was asked for
    }
  }

  /** Hands on what is wanted of the log. */
  private final class LogPass implements OfflineLog.Visitor {
    private final LongPredicate wanted;
    private final long from;
    private final Sink sink;

    LogPass(LongPredicate wanted, long from, Sink sink) {
      this.wanted = wanted;
      this.from = from;
      this.sink = sink;
    }

    @Override
    public void batch(LogRecord record) {
      show(record);
    }

    @Override
    public void accept(LogRecord record) {
      if (record.type != RecordType.MESSAGE) {
        names.record(record);
      }
      show(record);
    }

    private void show(LogRecord record) {
      boolean message = record.type == RecordType.MESSAGE;
      long asset = record.type == RecordType.BATCH ? StoreDamage.NO_ASSET : record.assetId;
      if (record.start < from || !wanted.test(asset)) {
        return;
      }
      DumpedRecord shown =
          new DumpedRecord(
              record.start,
              "",
              record.generation,
              typeName(names, record.type),
              asset,
              message ? record.message : null,
              false,
              record.bytes,
              record.from,
              record.to);
      if (!sink.record(shown)) {
        throw new Enough();
      }
    }

    @Override
    public void damaged(
        LogFile file, long begin, long end, @Nullable LogRecord record, String what) {
      long asset = record == null ? StoreDamage.NO_ASSET : record.assetId;
      if (end > from && (record == null || wanted.test(asset))) {
        long fromByte = Math.max(0, file.offset(begin));
        sink.damaged(
            new StoreDamage(
                name(file.path), fromByte, Math.max(0, file.offset(end)), asset, 0, 0, what));
      }
    }

    @Override
    public void unreadable(Path file, IOException failure) {
      String what = "cannot be read to the end: " + failure.getMessage();
      sink.damaged(new StoreDamage(name(file), 0, 0, StoreDamage.NO_ASSET, 0, 0, what));
    }
  }

  private String name(Path path) {
    return directory.name(path);
  }

  @Override
  public void close() throws IOException {
    try (StoreDirectory held = directory;
        CheckpointScan scan = checkpoint) {
      // both
    }
  }
}
