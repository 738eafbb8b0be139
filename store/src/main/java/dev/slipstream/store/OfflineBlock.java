// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block that was read from a segment file while no server runs, and where in the file its bytes
 * lie: in a compressed one, all bytes of a chunk lie where the chunk does.
 */
final class OfflineBlock {
  /** Bytes of the block, and where in the file they lie. */
  record Piece(int from, int to, long fileFrom, long fileTo, boolean isIntact) {}

  /** The block; zeros stand for what is damaged and could not be decompressed. */
  final byte[] data;

  private final long offset;

  /** The chunks in their order; none when the block is not compressed. */
  private final List<Piece> pieces = new ArrayList<>();

  private OfflineBlock(byte[] data, long offset) {
    this.data = data;
    this.offset = offset;
  }

  /** Reads the block that a manifest names now; null when the file is too short for it. */
  static @Nullable OfflineBlock read(DiskFile file, ManifestReader manifest) throws IOException {
    byte[] stored = bytes(file, manifest.offset, manifest.storedBytes);
    if (stored == null) {
      return null;
    }
    if (!manifest.compressed) {
      return new OfflineBlock(stored, manifest.offset);
    }
    OfflineBlock block = new OfflineBlock(new byte[manifest.used], manifest.offset);
    CompressedBlock.read(stored, stored.length, block.data, block.data.length, block::add);
    return block;
  }

  /** Reads a range of a file; null when the file does not have it. */
  static byte @Nullable [] bytes(DiskFile file, long offset, int length) throws IOException {
    if (offset < 0 || length > file.size() - offset) {
      return null;
    }
    byte[] read = new byte[length];
    file.readFully(ByteBuffer.wrap(read), offset);
    return read;
  }

  /** Reads the footer of the block that a manifest names now; null when it is not intact. */
  static @Nullable BlockContents footer(DiskFile file, ManifestReader manifest) throws IOException {
    byte[] raw = bytes(file, manifest.footerOffset, manifest.footerLength);
    if (raw == null) {
      return null;
    }
    boolean intact =
        BlockFooter.isIntact(raw, raw.length, manifest.firstSeq, manifest.count, manifest.used);
    return intact ? BlockFooter.decode(raw) : null;
  }

  private void add(int from, int to, int storedFrom, int storedTo, boolean isIntact) {
    pieces.add(new Piece(from, to, offset + storedFrom, offset + storedTo, isIntact));
  }

  /** The chunks that are damaged, in their order; none when the block is not compressed. */
  List<Piece> damaged() {
    return pieces.stream().filter(piece -> !piece.isIntact).toList();
  }

  /** Where in the file the given bytes of the block lie. */
  Piece piece(int from, int to) {
    long fileFrom = offset + from;
    long fileTo = offset + to;
    boolean intact = true;
    boolean found = false;
    for (Piece piece : pieces) {
      if (piece.from < to && from < piece.to) {
        fileFrom = found ? fileFrom : piece.fileFrom;
        fileTo = piece.fileTo;
        intact &= piece.isIntact;
        found = true;
      }
    }
    return new Piece(from, to, fileFrom, fileTo, intact);
  }
}
