// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts what is in the log, and says what of it is damaged and whose it was. */
final class LogCheck implements OfflineLog.Visitor {
  private static final int PROGRESS_BYTES = 1 << 20;

  private static final class Tally {
    long records;
    long bytes;
    long damaged;
  }

  private final OfflineLog log;
  private final @Nullable CheckpointScan checkpoint;
  private final StoreNames names;
  private final CheckFindings findings;
  private final Map<Path, Tally> tallies = new LinkedHashMap<>();
  private final Map<Long, Long> lastSeqs = new HashMap<>();
  private final Set<Long> seenSince = new HashSet<>();
  private @Nullable StoreDamage unknown;
  private long told;
  private long read;

  LogCheck(
      OfflineLog log,
      @Nullable CheckpointScan checkpoint,
      StoreNames names,
      CheckFindings findings) {
    this.log = log;
    this.checkpoint = checkpoint;
    this.names = names;
    this.findings = findings;
    log.files.forEach(file -> tallies.put(file.path, new Tally()));
    log.unused.forEach(path -> tallies.put(path, new Tally()));
    log.damagedHeaders.forEach(path -> tally(path).damaged++);
  }

  /** Reads all of it. */
  void run() throws IOException {
    for (Path path : log.damagedHeaders) {
      findings.damaged(path, 0, LogFile.USED_BYTES, "the header of a log file");
    }
    long from = checkpoint == null ? 0 : checkpoint.position();
    boolean known = checkpoint == null || checkpoint.isHeaderIntact();
    log.readOlder(this);
    if (log.files.isEmpty() || known && log.files.get(0).start > from) {
      noteMissing(from);
    }
    int generation = checkpoint == null ? 0 : checkpoint.generation();
    long durable = checkpoint == null ? 0 : checkpoint.highestPosition();
    LogReader reader = log.readNeeded(generation, durable, this);
    if (reader != null && log.isTorn(reader)) {
      LogFile last = log.files.get(log.files.size() - 1);
      findings.note(
          String.format(
              "%s: the log ends at position %d (byte %d); behind it lies a part of a write that"
                  + " nothing says was durable, which a start drops",
              findings.name(last.path), reader.end(), last.offset(reader.end())));
    }
    long all = log.files.stream().mapToLong(file -> file.capacity).sum();
    findings.advance(Math.max(0, all - told));
    tallies.forEach(
        (path, tally) -> findings.part(path, tally.records, tally.bytes, tally.damaged));
  }

  /** The log does not reach back to where a start reads from. */
  private void noteMissing(long from) {
    if (!log.files.isEmpty() && checkpoint == null) {
      LogFile oldest = log.files.get(0);
      tally(oldest.path).damaged++;
      findings.damaged(
          oldest.path,
          0,
          0,
          "the log begins at position " + oldest.start + " and there is no checkpoint");
    } else if (log.files.isEmpty() && from > 0) {
      findings.note("there is no log file; a start goes on at position " + from);
    }
  }

  private Tally tally(Path path) {
    return tallies.computeIfAbsent(path, any -> new Tally());
  }

  private void count(LogRecord record) {
    long size = record.position - record.start;
    LogFile file = log.holding(record.start);
    if (file != null) {
      Tally tally = tally(file.path);
      tally.records++;
      tally.bytes += size;
    }
    read += size;
    if (read - told >= PROGRESS_BYTES) {
      findings.advance(read - told);
      told = read;
    }
  }

  @Override
  public void batch(LogRecord record) {
    count(record);
  }

  @Override
  public void accept(LogRecord record) {
    count(record);
    if (record.type == RecordType.MESSAGE) {
      noteSeq(record);
    } else {
      names.record(record);
    }
  }

  /** A sequence that is jumped over behind unknown records was among them. */
  private void noteSeq(LogRecord record) {
    long seq = record.message.seq;
    Long before = lastSeqs.put(record.assetId, seq);
    StoreDamage range = unknown;
    if (range != null && seenSince.add(record.assetId) && before != null && seq > before + 1) {
      findings.damaged(
          new StoreDamage(
              range.file(),
              range.fromByte(),
              range.toByte(),
              record.assetId,
              before + 1,
              seq - 1,
              "messages of that range"));
    }
  }

  @Override
  public void damaged(LogFile file, long from, long to, @Nullable LogRecord record, String what) {
    CheckpointScan.Section section =
        checkpoint == null || record == null ? null : checkpoint.section(record.assetId);
    boolean older = checkpoint != null && to <= checkpoint.position();
    String contained =
        older || section != null && to <= section.position() ? ", which the checkpoint has" : "";
    try {
      if (older && log.wasBeingBegunAnew(file, from, to)) {
        findings.note(
            findings.name(file.path)
                + ": was being begun anew when the server ended; its old records are not needed");
        return;
      }
    } catch (IOException failure) {
      unreadable(file.path, failure);
    }
    tally(file.path).damaged++;
    StoreDamage damage = damage(file, from, to, record, what, contained);
    boolean untold = record == null || record.type == RecordType.MESSAGE && record.lostThrough == 0;
    if (untold && !older) {
      unknown = damage;
      seenSince.clear();
    }
    findings.damaged(damage);
  }

  private StoreDamage damage(
      LogFile file, long from, long to, @Nullable LogRecord record, String what, String contained) {
    String name = findings.name(file.path);
    if (from < file.start) {
      String missing = "the positions " + from + " to " + to + " before it are missing";
      return new StoreDamage(name, 0, 0, StoreDamage.NO_ASSET, 0, 0, missing + contained);
    }
    long fromByte = file.offset(from);
    long toByte = file.offset(to);
    if (record == null) {
      return new StoreDamage(name, fromByte, toByte, StoreDamage.NO_ASSET, 0, 0, what + contained);
    }
    long seq = 0;
    long lastSeq = 0;
    if (record.type == RecordType.MESSAGE) {
      long before = lastSeqs.getOrDefault(record.assetId, 0L);
      seq = before > 0 ? before + 1 : record.message.seq;
      lastSeq = Math.max(seq, record.lostThrough);
      lastSeqs.put(record.assetId, lastSeq);
    }
    long asset = record.type == RecordType.BATCH ? StoreDamage.NO_ASSET : record.assetId;
    String kind = "a record (" + StoreDump.typeName(names, record.type) + ")";
    return new StoreDamage(name, fromByte, toByte, asset, seq, lastSeq, kind + contained);
  }

  @Override
  public void unreadable(Path file, IOException failure) {
    tally(file).damaged++;
    findings.damaged(file, 0, 0, "cannot be read to the end: " + failure.getMessage());
  }
}
