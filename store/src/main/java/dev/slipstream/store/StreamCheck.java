// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the blocks of one stream that a checkpoint names: every record, every footer, and that
 * records, footers and manifest say the same. One block is in memory at a time.
 */
final class StreamCheck implements Closeable {
  private final StoreDirectory directory;
  private final CheckpointScan.Section section;
  private final CheckFindings findings;
  private final OfflineSegments segments;
  private final ManifestReader manifest;
  private final StoredMessage message = new StoredMessage();
  private Path path;
  private long openNumber = -1;
  private @Nullable DiskFile file;
  private long records;
  private long bytes;
  private long damaged;

  StreamCheck(
      StoreDirectory directory,
      CheckpointScan checkpoint,
      CheckpointScan.Section section,
      CheckFindings findings,
      OfflineSegments segments)
      throws IOException {
    this.segments = segments;
    this.directory = directory;
    this.section = section;
    this.findings = findings;
    this.path = checkpoint.path;
    this.manifest =
        new ManifestReader(checkpoint.window, section.manifestFrom(), section.manifestTo());
  }

  void run() throws IOException {
    long seqBefore = 0;
    while (manifest.next()) {
      open();
      boolean ordered =
          manifest.firstSeq > seqBefore
              && manifest.lastSeq >= manifest.firstSeq + manifest.count - 1
              && manifest.lastSeq <= manifest.streamLastSeq
              && manifest.count > 0;
      int removed = 0;
      for (long word : manifest.gone) {
        removed += Long.bitCount(word);
      }
      if (!ordered || manifest.count - removed != manifest.live) {
        damage(manifest.offset, manifest.offset, "the manifest contradicts itself", 1);
      }
      try {
        block();
      } catch (IOException unreadable) {
        wholeBlock("cannot be read: " + unreadable.getMessage());
      }
      seqBefore = manifest.lastSeq;
      records += manifest.count;
      bytes += (long) manifest.used + manifest.footerLength;
      findings.advance((long) manifest.used + manifest.footerLength);
    }
    findings.stream(section.assetId(), records, bytes, damaged);
  }

  private void open() throws IOException {
    if (openNumber == manifest.fileNumber) {
      return;
    }
    close();
    openNumber = manifest.fileNumber;
    path = segments.path(section.assetId(), openNumber);
    file = directory.disk.exists(path) ? directory.disk.open(path, Disk.Access.READ) : null;
  }

  private void block() throws IOException {
    DiskFile present = file;
    if (present == null) {
      damage(0, 0, manifest.firstSeq, manifest.lastSeq, "messages: the file is missing");
      damaged += manifest.count;
      return;
    }
    BlockContents footer = footer(present);
    byte[] data = read(present, manifest.offset, manifest.used);
    if (data == null) {
      wholeBlock("messages: the file is cut");
    } else if (footer != null) {
      compare(data, footer);
    } else {
      walk(data);
    }
  }

  private static byte @Nullable [] read(DiskFile file, long offset, int length) throws IOException {
    if (offset < 0 || length > file.size() - offset) {
      return null;
    }
    byte[] read = new byte[length];
    file.readFully(ByteBuffer.wrap(read), offset);
    return read;
  }

  private @Nullable BlockContents footer(DiskFile present) throws IOException {
    byte[] raw = read(present, manifest.footerOffset, manifest.footerLength);
    if (raw == null
        || !BlockFooter.isIntact(
            raw, raw.length, manifest.firstSeq, manifest.count, manifest.used)) {
      damageFooter("a footer; a start reads the messages of the block instead");
      return null;
    }
    BlockContents footer = BlockFooter.decode(raw);
    if (agrees(footer)) {
      return footer;
    }
    damageFooter("a footer, which says something else than the manifest");
    return null;
  }

  /** Whether the records can lie as the footer says, with the sequences that the manifest says. */
  private boolean agrees(BlockContents footer) {
    int count = footer.entries.count();
    if (count == 0) {
      return false;
    }
    int least = MessageCodec.LEAST_FRAME_BYTES;
    boolean agrees =
        footer.entries.seq(0) == manifest.firstSeq
            && footer.entries.offset(0) == MessageCodec.BASE_BYTES
            && footer.entries.seq(count - 1) == manifest.lastSeq
            && footer.entries.offset(count - 1) <= manifest.used - least;
    for (int i = 1; i < count; i++) {
      agrees &=
          footer.entries.seq(i) > footer.entries.seq(i - 1)
              && footer.entries.offset(i) >= footer.entries.offset(i - 1) + least;
    }
    return agrees;
  }

  private void damageFooter(String what) {
    long from = manifest.footerOffset;
    long to = from + manifest.footerLength;
    damage(from, to, manifest.firstSeq, manifest.lastSeq, what);
    damaged++;
  }

  /** Holds the records against the footer. */
  private void compare(byte[] data, BlockContents footer) {
    int count = footer.entries.count();
    if (OutputBuffer.getLong(data, 0) != manifest.firstSeq
        || OutputBuffer.getLong(data, Long.BYTES) != footer.entries.epochNanos(0)) {
      String what = "the base of a block, which is needed only when its footer is damaged too";
      damage(manifest.offset, manifest.offset + MessageCodec.BASE_BYTES, what, 1);
    }
    long[] bits = BlockFooter.damage(data, data.length, footer.entries);
    for (int i = 0; i < count; i++) {
      int offset = footer.entries.offset(i);
      int end = footer.entries.end(i, data.length);
      long seq = footer.entries.seq(i);
      if (bits != null && (bits[i >>> 6] & 1L << i) != 0) {
        damageMessage(i, offset, end, seq, seq);
      } else if (!isDescribed(data, footer, i)) {
        damage(
            manifest.offset + offset,
            manifest.offset + end,
            seq,
            seq,
            "a message, of which the footer says something else");
        damaged++;
      }
    }
  }

  private boolean isDescribed(byte[] data, BlockContents footer, int index) {
    BlockEntries entries = footer.entries;
    int end = entries.end(index, data.length);
    byte[] subject = footer.names.get(entries.subject(index));
    return MessageCodec.show(
            data, entries.offset(index), end, manifest.firstSeq, entries.epochNanos(0), message)
        && message.ttlSeconds == entries.ttlSeconds(index)
        && message.hasHeaders() == entries.hasHeaders(index)
        && message.contentBytes() == entries.contentBytes(index, data.length)
        && Arrays.equals(data, message.subjectFrom, message.subjectTo, subject, 0, subject.length);
  }

  /** Reads the records as a start does that has no footer. */
  private void walk(byte[] data) {
    long[] dead = new long[(manifest.count + 63) >>> 6];
    BlockContents found = BlockContents.salvage(manifest.firstSeq, data, manifest.count, dead);
    BlockEntries entries = found.entries;
    for (int i = 0; i < entries.count(); i++) {
      if ((dead[i >>> 6] & 1L << i) != 0) {
        damageMessage(i, entries.offset(i), found.end(i), entries.seq(i), entries.seq(i));
      }
    }
    long lastSeq = entries.count() == 0 ? manifest.firstSeq - 1 : entries.seq(entries.count() - 1);
    if (entries.count() < manifest.count) {
      damageMessage(entries.count(), found.used, data.length, lastSeq + 1, manifest.lastSeq);
      damaged += manifest.count - entries.count() - 1;
    } else if (found.used != data.length || lastSeq != manifest.lastSeq) {
      wholeBlock("messages, of which the manifest says something else");
    }
  }

  private void damageMessage(int index, int from, int to, long firstSeq, long lastSeq) {
    boolean removed = firstSeq == lastSeq && manifest.isGone(index);
    String what = removed ? "messages that were removed: nothing is lost" : "messages";
    damage(manifest.offset + from, manifest.offset + to, firstSeq, lastSeq, what);
    damaged++;
  }

  private void wholeBlock(String what) {
    damage(
        manifest.offset,
        manifest.offset + manifest.used,
        manifest.firstSeq,
        manifest.lastSeq,
        what);
    damaged += manifest.count;
  }

  private void damage(long from, long to, String what, int count) {
    damage(from, to, manifest.firstSeq, manifest.lastSeq, what);
    damaged += count;
  }

  private void damage(long from, long to, long firstSeq, long lastSeq, String what) {
    findings.damaged(
        new StoreDamage(findings.name(path), from, to, section.assetId(), firstSeq, lastSeq, what));
  }

  @Override
  public void close() throws IOException {
    DiskFile present = file;
    file = null;
    if (present != null) {
      present.close();
    }
  }
}
