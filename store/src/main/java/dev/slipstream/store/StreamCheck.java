// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the blocks of one stream that a checkpoint names: every record, every footer, and that
 * records, footers and manifest say the same. One block is in memory at a time.
 */
final class StreamCheck implements Closeable {
  private static final String REMOVED = "messages that were removed: nothing is lost";

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
    this.manifest = checkpoint.manifest(section);
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
      bytes += (long) manifest.storedBytes + manifest.footerLength;
      findings.advance((long) manifest.storedBytes + manifest.footerLength);
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
    OfflineBlock block = OfflineBlock.read(present, manifest);
    if (block == null) {
      wholeBlock("messages: the file is cut");
    } else if (footer != null) {
      compare(block, footer);
    } else {
      walk(block);
    }
  }

  private @Nullable BlockContents footer(DiskFile present) throws IOException {
    BlockContents footer = OfflineBlock.footer(present, manifest);
    if (footer == null) {
      damageFooter("a footer; a start reads the messages of the block instead");
      return null;
    }
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
  private void compare(OfflineBlock block, BlockContents footer) {
    block.damaged().forEach(chunk -> damageChunk(chunk, footer));
    byte[] data = block.data;
    OfflineBlock.Piece base = block.piece(0, MessageCodec.BASE_BYTES);
    if (base.isIntact()
        && (OutputBuffer.getLong(data, 0) != manifest.firstSeq
            || OutputBuffer.getLong(data, Long.BYTES) != footer.entries.epochNanos(0))) {
      String what = "the base of a block, which is needed only when its footer is damaged too";
      damage(base.fileFrom(), base.fileTo(), what, 1);
    }
    long[] bits = BlockFooter.damage(data, data.length, footer.entries);
    for (int i = 0; i < footer.entries.count(); i++) {
      OfflineBlock.Piece place = block.piece(footer.entries.offset(i), footer.end(i));
      long seq = footer.entries.seq(i);
      if (!place.isIntact()) {
        continue; // is told with its chunk
      }
      if (bits != null && (bits[i >>> 6] & 1L << i) != 0) {
        damageMessage(i, place, seq, seq);
      } else if (!isDescribed(data, footer, i)) {
        String what = "a message, of which the footer says something else";
        damage(place.fileFrom(), place.fileTo(), seq, seq, what);
        damaged++;
      }
    }
  }

  /** A part of a compressed block is damaged, and with it all messages that have bytes in it. */
  private void damageChunk(OfflineBlock.Piece chunk, BlockContents footer) {
    BlockEntries entries = footer.entries;
    int first = 0;
    while (first < entries.count() && footer.end(first) <= chunk.from()) {
      first++;
    }
    int behind = first;
    boolean removed = true;
    for (; behind < entries.count() && entries.offset(behind) < chunk.to(); behind++) {
      removed &= manifest.isGone(behind);
    }
    if (behind == first) {
      damage(chunk.fileFrom(), chunk.fileTo(), "bytes of a block that has none there", 1);
      return;
    }
    damage(
        chunk.fileFrom(),
        chunk.fileTo(),
        entries.seq(first),
        entries.seq(behind - 1),
        removed ? REMOVED : "messages");
    damaged += behind - first;
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
  private void walk(OfflineBlock block) {
    byte[] data = block.data;
    long[] dead = new long[(manifest.count + 63) >>> 6];
    BlockContents found = BlockContents.salvage(manifest.firstSeq, data, manifest.count, dead);
    BlockEntries entries = found.entries;
    for (int i = 0; i < entries.count(); i++) {
      if ((dead[i >>> 6] & 1L << i) != 0) {
        OfflineBlock.Piece place = block.piece(entries.offset(i), found.end(i));
        damageMessage(i, place, entries.seq(i), entries.seq(i));
      }
    }
    long lastSeq = entries.count() == 0 ? manifest.firstSeq - 1 : entries.seq(entries.count() - 1);
    if (entries.count() < manifest.count) {
      OfflineBlock.Piece rest = block.piece(found.used, data.length);
      damageMessage(entries.count(), rest, lastSeq + 1, manifest.lastSeq);
      damaged += manifest.count - entries.count() - 1;
    } else if (found.used != data.length || lastSeq != manifest.lastSeq) {
      wholeBlock("messages, of which the manifest says something else");
    }
  }

  private void damageMessage(int index, OfflineBlock.Piece place, long firstSeq, long lastSeq) {
    boolean removed = firstSeq == lastSeq && manifest.isGone(index);
    damage(place.fileFrom(), place.fileTo(), firstSeq, lastSeq, removed ? REMOVED : "messages");
    damaged++;
  }

  private void wholeBlock(String what) {
    damage(
        manifest.offset,
        manifest.offset + manifest.storedBytes,
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
