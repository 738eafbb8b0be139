// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log at the start, from a position to its end, and tells a torn tail from damage.
 *
 * <p>Each commit says what was durable before it, a file is begun only when all before is durable,
 * and so is all that a checkpoint contains. A bad record below such a position is damage: it is
 * counted, named in the log, and skipped. A bad record above all of them belongs to the last write,
 * of which nobody was told: the log ends there. Source: docs/data-format.md, "recovery".
 */
final class LogReader {
  private static final Logger LOG = System.getLogger(LogReader.class.getName());

  /** Hears what lies between the records that {@link #read} hands out. */
  interface Findings {
    /**
     * A range of positions is damaged.
     *
     * @param file the file that was being read
     * @param record what is known of it when its header is good; null otherwise
     * @param what says the same in words
     */
    void damaged(LogFile file, long from, long to, @Nullable LogRecord record, String what);

    /** A record that only says what was durable. */
    default void batch(LogRecord record) {}
  }

  private final List<LogFile> chain;
  private final Findings findings;
  private final CRC32C crc = new CRC32C();
  private final MessageCrc messageCrc = new MessageCrc();
  private final LogRecord view = new LogRecord();
  private final LogRecord lost = new LogRecord();
  private FileWindow window;
  private int at;
  private LogFile file;
  private int generation;
  private long end;
  private long limit;
  private final long durableBefore;
  private long saidDurable;
  private long durableSomewhere = -1;
  private long damagedRanges;

  /**
   * A reader of files that follow each other.
   *
   * @param chain not empty; the first is the one that {@code from} lies in, or comes behind it
   * @param generation the lowest that records from there on have
   * @param durableBefore up to where all was durable, as a checkpoint knows: the log does not end
   *     before it
   */
  LogReader(List<LogFile> chain, long from, int generation, long durableBefore) throws IOException {
    this(chain, from, generation, durableBefore, LogReader::log);
  }

  /** The same with somebody to hear what is damaged, in place of the server's log. */
  LogReader(List<LogFile> chain, long from, int generation, long durableBefore, Findings findings)
      throws IOException {
    this.findings = findings;
    this.generation = generation;
    this.durableBefore = durableBefore;
    this.saidDurable = Math.max(from, durableBefore);
    this.chain = chain;
    this.end = from;
    this.file = chain.get(0);
    this.window = new FileWindow(file.file);
  }

  /** The position behind the last record, once {@link #read} is done. */
  long end() {
    return end;
  }

  /**
   * The position up to which something that was read says that all was durable: what lies behind
   * may be in the page cache alone, also when the system calls it written.
   */
  long saidDurable() {
    return Math.min(end, saidDurable);
  }

  /** The highest generation that was met. */
  int generation() {
    return generation;
  }

  /** How many ranges were found damaged. */
  long damagedRanges() {
    return damagedRanges;
  }

  /** Hands every record to {@code each}, in order. */
  void read(Consumer<LogRecord> each) throws IOException {
    for (int i = 0; i < chain.size(); i++) {
      enter(i);
      if (end < file.start) {
        damage(end, file.start, null, "records are missing");
        end = file.start;
      }
      if (!readFile(i, each)) {
        return;
      }
    }
    if (end < durableBefore) {
      damage(end, durableBefore, null, "records are missing");
      end = durableBefore;
    }
  }

  private void enter(int index) throws IOException {
    file = chain.get(index);
    saidDurable = Math.max(saidDurable, file.start);
    window = new FileWindow(file.file);
    generation = Math.max(generation, file.generation);
    limit =
        index + 1 < chain.size()
            ? chain.get(index + 1).start
            : file.start + Math.max(0, window.size() - LogFile.HEADER_BYTES);
  }

  /** Reads the rest of a file; false when the log ends in it. */
  private boolean readFile(int index, Consumer<LogRecord> each) throws IOException {
    while (end < limit) {
      if (isRecord(end) && isIntact()) {
        RecordHeader.show(window.bytes(), at, view);
        generation = RecordHeader.generation(window.bytes(), at);
        end = view.position;
        handOut(each);
        continue;
      }
      if (end >= durableSomewhere(index)) {
        return false;
      }
      long bad = end;
      if (isRecord(bad)) {
        end = bad + RecordHeader.BYTES + bodyLength();
        salvage(bad, each);
      } else {
        end = nextRecord(bad + 1);
        damage(bad, end, null, "unknown records");
      }
    }
    return true;
  }

  private void handOut(Consumer<LogRecord> each) throws StoreException {
    switch (view.type) {
      case RecordType.BATCH -> {
        saidDurable = Math.max(saidDurable, OutputBuffer.getLong(view.bytes, view.from));
        findings.batch(view);
      }
      case RecordType.MESSAGE -> {
        view.beginMessages();
        while (view.nextMessage()) {
          each.accept(view);
        }
        if (!view.isLastMessage()) {
          throw new StoreException(file + ": " + view + ": what follows is no message");
        }
      }
      default -> each.accept(view);
    }
  }

  /** Hands out what is intact of a record with a good header and a damaged body. */
  private void salvage(long bad, Consumer<LogRecord> each) throws IOException {
    int body = bodyLength();
    boolean several = window.bytes()[at + RecordHeader.TYPE] == RecordType.MESSAGE;
    several &= body <= MessageRecord.MOST_BYTES; // a larger one has one message
    int base = MessageCodec.BASE_BYTES + MessageCodec.SUBJECT_LENGTH_BYTES;
    int count = RecordHeader.BYTES + (several ? body : Math.min(body, base));
    RecordHeader.show(window.bytes(), window.index(file.offset(bad), count), view);
    lost.type = view.type;
    lost.assetId = view.assetId;
    lost.message.seq = 0;
    if (view.type == RecordType.MESSAGE) {
      view.beginMessages();
      lost.message.seq = view.message.seq;
    }
    long told = bad;
    long from = bad + RecordHeader.BYTES; // the base may be what is damaged
    long expected = several ? view.nextPosition() : end;
    while (several && view.nextIntactMessage(messageCrc)) {
      long frame = view.position - (view.to - view.from);
      if (frame != expected) {
        lost.lostThrough = view.message.seq - 1;
        damage(from, frame, lost, name(lost));
      }
      each.accept(view);
      lost.message.seq = view.message.seq + 1;
      from = view.position;
      expected = from;
      told = from;
    }
    if (told < end) {
      lost.lostThrough = 0;
      damage(told, end, lost, name(lost));
    }
  }

  /** Whether a record's header lies at a position; {@link #at} then is where in the window. */
  private boolean isRecord(long position) throws IOException {
    long offset = file.offset(position);
    if (!window.has(offset, RecordHeader.BYTES)) {
      return false;
    }
    at = window.index(offset, RecordHeader.BYTES);
    return isRecordAt(position, offset);
  }

  private boolean isRecordAt(long position, long offset) {
    byte[] bytes = window.bytes();
    return RecordHeader.isValid(bytes, at, position, crc)
        && RecordHeader.generation(bytes, at) >= generation
        && window.has(offset + RecordHeader.BYTES, RecordHeader.length(bytes, at));
  }

  private int bodyLength() {
    return RecordHeader.length(window.bytes(), at);
  }

  private boolean isIntact() throws IOException {
    long offset = file.offset(OutputBuffer.getLong(window.bytes(), at + RecordHeader.POSITION));
    at = window.index(offset, RecordHeader.BYTES + bodyLength());
    return RecordHeader.isBodyIntact(window.bytes(), at, crc);
  }

  /** The position of the first record's header from {@code position} on; the limit without one. */
  private long nextRecord(long position) throws IOException {
    long last = limit - RecordHeader.BYTES;
    long next = position;
    while (next <= last && window.has(file.offset(next), RecordHeader.BYTES)) {
      long offset = file.offset(next);
      at = window.index(offset, RecordHeader.BYTES);
      long stop = Math.min(last, next + window.inMemory(offset) - RecordHeader.BYTES);
      long begin = next - at; // the position of the window's first byte
      int until = (int) (stop - begin) + 1;
      at = RecordHeader.findMagic(window.bytes(), at, until);
      while (at < until) {
        if (isRecordAt(begin + at, file.offset(begin + at))) {
          return begin + at;
        }
        at = RecordHeader.findMagic(window.bytes(), at + 1, until);
      }
      next = stop + 1;
    }
    return limit;
  }

  /** The highest position that anything from here on says was durable. */
  private long durableSomewhere(int index) throws IOException {
    if (durableSomewhere < 0) {
      long found = durableBefore;
      int generationHere = generation;
      long position = end;
      for (int i = index; i < chain.size(); i++) {
        if (i > index) {
          enter(i);
          position = Math.max(end, file.start);
          found = Math.max(found, file.start);
        }
        found = Math.max(found, durableIn(position));
      }
      durableSomewhere = found;
      enter(index);
      generation = generationHere;
    }
    return durableSomewhere;
  }

  private long durableIn(long from) throws IOException {
    long found = 0;
    long position = from;
    while (position < limit) {
      if (!isRecord(position)) {
        position = nextRecord(position + 1);
        continue;
      }
      long next = position + RecordHeader.BYTES + bodyLength();
      if (window.bytes()[at + RecordHeader.TYPE] == RecordType.BATCH && isIntact()) {
        found = Math.max(found, OutputBuffer.getLong(window.bytes(), at + RecordHeader.BYTES));
      }
      position = next;
    }
    return found;
  }

  private static String name(LogRecord record) {
    String named = "a record of type " + record.type + " of asset " + record.assetId;
    return record.type == RecordType.MESSAGE
        ? named + ", probably sequence " + record.message.seq
        : named;
  }

  private void damage(long from, long to, @Nullable LogRecord record, String what) {
    damagedRanges++;
    findings.damaged(file, from, to, record, what);
  }

  private static void log(
      LogFile file, long from, long to, @Nullable LogRecord record, String what) {
    LOG.log(
        Logger.Level.ERROR,
        "log file {0} is damaged at positions {1} to {2}: {3} lost, the rest is read",
        file,
        Long.toString(from),
        Long.toString(to),
        what);
  }
}
