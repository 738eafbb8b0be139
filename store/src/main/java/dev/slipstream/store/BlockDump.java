// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Shows the messages that one stream has in segment files, for a {@link StoreDump}.
 *
 * <p>Messages are found by the footer of their block. Without one that is intact they are found by
 * their lengths, and what lies behind a damaged one is not found. One block is in memory at a time.
 */
final class BlockDump {
  private final StoreDirectory directory;
  private final OfflineSegments segments;
  private final String type;
  private final long assetId;
  private final StoreDump.Sink sink;
  private final MessageCrc crc = new MessageCrc();
  private final StoredMessage message = new StoredMessage();
  private Path path;
  private @Nullable StoreDamage damage;

  BlockDump(StoreDirectory directory, StoreNames names, long assetId, StoreDump.Sink sink)
      throws IOException {
    this.directory = directory;
    this.segments = new OfflineSegments(directory);
    this.type = StoreDump.typeName(names, RecordType.MESSAGE);
    this.assetId = assetId;
    this.sink = sink;
    this.path = directory.segments;
  }

  /** Shows what a manifest names from a sequence on; false when no further record is wanted. */
  boolean show(ManifestReader manifest, long fromSeq) throws IOException {
    while (manifest.next()) {
      if (manifest.lastSeq < fromSeq) {
        continue;
      }
      path = segments.path(assetId, manifest.fileNumber);
      OfflineBlock block;
      BlockContents footer;
      try (DiskFile file = directory.disk.open(path, Disk.Access.READ)) {
        block = OfflineBlock.read(file, manifest);
        footer = OfflineBlock.footer(file, manifest);
      } catch (IOException unreadable) {
        wholeBlock(manifest, "a block: " + unreadable.getMessage());
        continue;
      }
      if (block == null) {
        wholeBlock(manifest, "a block: the file is cut");
        continue;
      }
      boolean more =
          footer == null
              ? walk(manifest, block, fromSeq)
              : showAll(manifest, block, footer, fromSeq);
      tellDamage();
      if (!more) {
        return false;
      }
    }
    return true;
  }

  private boolean showAll(
      ManifestReader manifest, OfflineBlock block, BlockContents footer, long fromSeq) {
    BlockEntries entries = footer.entries;
    long[] damaged = BlockFooter.damage(block.data, block.data.length, entries);
    for (int i = entries.ceiling(fromSeq); i < entries.count(); i++) {
      OfflineBlock.Piece place = block.piece(entries.offset(i), footer.end(i));
      if (damaged != null && (damaged[i >>> 6] & 1L << i) != 0) {
        damage(place, entries.seq(i), entries.seq(i), "messages");
        continue;
      }
      MessageCodec.show(
          block.data, place.from(), place.to(), entries.firstSeq, entries.epochNanos(0), message);
      if (!show(place, manifest.isGone(i), block.data)) {
        return false;
      }
    }
    return true;
  }

  private boolean walk(ManifestReader manifest, OfflineBlock block, long fromSeq) {
    byte[] data = block.data;
    long firstNanos = OutputBuffer.getLong(data, Long.BYTES);
    int at = MessageCodec.BASE_BYTES;
    for (int i = 0; i < manifest.count; i++) {
      if (!MessageCodec.show(data, at, data.length, manifest.firstSeq, firstNanos, message)) {
        rest(manifest, block, at, "the rest of a block");
        return true;
      }
      int end = message.payloadTo;
      if (!crc.fits(message)) {
        rest(manifest, block, at, "a message and maybe others");
      } else if (message.seq >= fromSeq
          && !show(block.piece(at, end), manifest.isGone(i), block.data)) {
        return false;
      }
      at = end;
    }
    return true;
  }

  private boolean show(OfflineBlock.Piece place, boolean removed, byte[] data) {
    tellDamage();
    return sink.record(
        new DumpedRecord(
            place.fileFrom(),
            directory.name(path),
            -1,
            type,
            assetId,
            message,
            removed,
            data,
            place.from(),
            place.to()));
  }

  private void rest(ManifestReader manifest, OfflineBlock block, int at, String what) {
    damage(block.piece(at, block.data.length), manifest.firstSeq, manifest.lastSeq, what);
  }

  private void wholeBlock(ManifestReader manifest, String what) {
    long to = manifest.offset + manifest.storedBytes;
    damage(
        new OfflineBlock.Piece(0, manifest.used, manifest.offset, to, false),
        manifest.firstSeq,
        manifest.lastSeq,
        what);
    tellDamage();
  }

  /** Notes something damaged, together with what was noted right before it. */
  private void damage(OfflineBlock.Piece place, long firstSeq, long lastSeq, String what) {
    StoreDamage next =
        new StoreDamage(
            directory.name(path),
            place.fileFrom(),
            place.fileTo(),
            assetId,
            firstSeq,
            lastSeq,
            what);
    StoreDamage before = damage;
    if (before != null && before.meets(next)) {
      damage = before.with(next);
    } else {
      tellDamage();
      damage = next;
    }
  }

  private void tellDamage() {
    StoreDamage noted = damage;
    damage = null;
    if (noted != null) {
      sink.damaged(noted);
    }
  }
}
