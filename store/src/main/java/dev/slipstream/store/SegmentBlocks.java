// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes blocks into segment files and reads them, as they are or compressed. Owner: the storage
 * worker.
 *
 * <p>A block that still grows is written as it is, with room for what comes; a full one of a stream
 * with compression is written as a {@link CompressedBlock} with its footer right behind it, in a
 * new place.
 */
final class SegmentBlocks {
  private static final int LEAST_ROOM_BYTES = 4096;

  private final StoreOptions options;
  private final StoreDirectory directory;
  private final SegmentFiles files;
  private final BlockCompressor compressor;
  private byte[] kept = {};

  SegmentBlocks(StoreOptions options, StoreDirectory directory, SegmentFiles files) {
    this.options = options;
    this.directory = directory;
    this.files = files;
    this.compressor = new BlockCompressor(options.blockBytes());
  }

  /** Writes what is new of a block, and a footer behind it. */
  void write(BlockWrite block) throws IOException {
    BlockPlace place = block.place();
    boolean compress = block.compress() && block.full();
    boolean described = place.described >= block.used();
    if (place.released || described && (place.compressed || !compress)) {
      return;
    }
    BlockContents contents = BlockContents.read(block.data(), block.used());
    ByteBuffer compressed =
        compress ? compressor.compress(block.data(), block.used(), contents.entries) : null;
    if (compressed != null) {
      writeCompressed(block, compressed, BlockFooter.encode(contents));
    } else if (!described) {
      writePlain(block, BlockFooter.encode(contents));
    }
  }

  private void writePlain(BlockWrite block, ByteBuffer footer) throws IOException {
    BlockPlace place = block.place();
    int used = block.used();
    if (place.file == null || used > place.reserved) {
      files.put(place, block.owner(), room(block), footer.remaining());
      place.written = 0;
    }
    SegmentFile file = Objects.requireNonNull(place.file);
    int from = place.written;
    if (from < used) {
      files.write(file, ByteBuffer.wrap(block.data(), from, used - from), place.offset + from);
      place.written = used;
    }
    long footerOffset = file.end;
    files.write(file, footer.duplicate(), footerOffset);
    file.end = footerOffset + footer.remaining();
    place.footerOffset = footerOffset;
    place.footerLength = footer.remaining();
    place.described = used;
  }

  /** How much room a block is given: what it needs, or what it may come to need. */
  private int room(BlockWrite block) {
    int used = block.used();
    if (block.full()) {
      return used;
    }
    int most = Math.max(used, options.blockBytes());
    return block.pack()
        ? Math.min(most, Math.max(LEAST_ROOM_BYTES, Integer.highestOneBit(used) * 4))
        : most;
  }

  private void writeCompressed(BlockWrite block, ByteBuffer compressed, ByteBuffer footer)
      throws IOException {
    directory.admitCompression();
    BlockPlace place = block.place();
    int bytes = compressed.remaining();
    int footerBytes = footer.remaining();
    if (!place.compressed || place.reserved != bytes + footerBytes) { // else it is tried again
      files.put(place, block.owner(), bytes + footerBytes, 0);
      place.compressed = true;
      place.described = 0;
    }
    SegmentFile file = Objects.requireNonNull(place.file);
    files.write(file, compressed, place.offset);
    files.write(file, footer, place.offset + bytes);
    place.written = bytes;
    place.footerOffset = place.offset + bytes;
    place.footerLength = footerBytes;
    place.described = block.used();
  }

  /**
   * Brings a block into an array; zeros stand there for what is damaged and cannot be decompressed.
   *
   * @param used how many bytes it has
   * @param gently whether syncs are under way that should not notice; see {@link ReadPace}
   * @return how many bytes were read from disk
   */
  int read(SegmentFile file, BlockPlace place, byte[] into, int used, boolean gently)
      throws IOException {
    if (!place.compressed) {
      files.read(file, ByteBuffer.wrap(into, 0, used), place.offset, gently);
      return used;
    }
    int bytes = place.written;
    byte[] stored = room(bytes);
    files.read(file, ByteBuffer.wrap(stored, 0, bytes), place.offset, gently);
    CompressedBlock.read(stored, bytes, into, used, (from, to, storedFrom, storedTo, intact) -> {});
    return bytes;
  }

  private byte[] room(int bytes) {
    if (kept.length >= bytes) {
      return kept;
    }
    byte[] room = new byte[Math.max(bytes, options.blockBytes())];
    if (room.length <= options.blockBytes()) {
      kept = room;
    }
    return room;
  }
}
