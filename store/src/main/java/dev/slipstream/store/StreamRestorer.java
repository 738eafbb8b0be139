// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;

/**
 * Fills a stream from its {@link StreamManifest} and the footers of its blocks.
 *
 * <p>A damaged footer is replaced by reading the block itself. What cannot be read there either is
 * lost: counted, named in the log, and treated as removed.
 */
final class StreamRestorer {
  private static final Logger LOG = System.getLogger(StreamRestorer.class.getName());
  private static final int PLACE_BYTES = 28;

  private final SegmentFiles segments;
  private final SegmentBlocks blocks;
  private byte[] footer = new byte[64 << 10];
  private long lost;

  StreamRestorer(SegmentFiles segments, SegmentBlocks blocks) {
    this.segments = segments;
    this.blocks = blocks;
  }

  /** How many messages could not be restored. */
  long lost() {
    return lost;
  }

  void restore(SegmentedStream stream, byte[] bytes, int from) throws IOException {
    StreamStore store = stream.store;
    store.restoreTotals(OutputBuffer.getLong(bytes, from), OutputBuffer.getLong(bytes, from + 8));
    int at = from + 20;
    for (int left = OutputBuffer.getInt(bytes, from + 16); left > 0; left--) {
      long firstSeq = OutputBuffer.getLong(bytes, at);
      long lastSeq = OutputBuffer.getLong(bytes, at + 8);
      int count = OutputBuffer.getInt(bytes, at + 16);
      int live = OutputBuffer.getInt(bytes, at + 20);
      int used = OutputBuffer.getInt(bytes, at + 24);
      BlockPlace place = place(stream.assetId, bytes, at + 28, used);
      at += 28 + PLACE_BYTES;
      long[] gone = new long[(count + 63) >>> 6];
      if (live < count) {
        for (int i = 0; i < gone.length; i++, at += Long.BYTES) {
          gone[i] = OutputBuffer.getLong(bytes, at);
        }
      }
      long[] dead = gone.clone();
      BlockContents contents = contents(place, firstSeq, count, used, dead);
      Block block = new Block(store, contents, dead, place);
      if (block.live < live) {
        lose(stream, block, firstSeq, lastSeq, live - block.live);
        store.damaged().restoredInPart(block, lastSeq, count, gone);
      }
      if (block.live == 0) {
        segments.release(place);
      } else {
        store.restore(block, contents);
      }
    }
  }

  private BlockPlace place(long assetId, byte[] bytes, int at, int used) throws IOException {
    BlockPlace place = new BlockPlace(assetId);
    segments.restore(place, OutputBuffer.getLong(bytes, at));
    place.offset = OutputBuffer.getLong(bytes, at + 8);
    place.footerOffset = OutputBuffer.getLong(bytes, at + 16);
    int footerLength = OutputBuffer.getInt(bytes, at + 24);
    place.footerLength = Math.abs(footerLength);
    place.compressed = footerLength < 0;
    place.written =
        StreamManifest.storedBytes(place.compressed, place.offset, place.footerOffset, used);
    place.reserved = place.written;
    place.described = used;
    return place;
  }

  /** What the footer says; without it, what the block says and, in {@code dead}, what it lost. */
  private BlockContents contents(BlockPlace place, long firstSeq, int count, int used, long[] dead)
      throws IOException {
    int length = place.footerLength;
    if (footer.length < length) {
      footer = new byte[Math.max(length, footer.length * 2)];
    }
    if (read(
            place,
            file ->
                segments.read(file, ByteBuffer.wrap(footer, 0, length), place.footerOffset, false))
        && BlockFooter.isIntact(footer, length, firstSeq, count, used)) {
      return BlockFooter.decode(footer);
    }
    LOG.log(Logger.Level.ERROR, "{0} has a damaged footer; the block is read instead", place.file);
    byte[] data = new byte[used];
    return read(place, file -> blocks.read(file, place, data, used, false))
        ? BlockContents.salvage(firstSeq, data, count, dead)
        : new BlockContents(firstSeq);
  }

  /** Reads something of a file. */
  @FunctionalInterface
  private interface Read {
    void from(SegmentFile file) throws IOException;
  }

  private static boolean read(BlockPlace place, Read read) throws IOException {
    SegmentFile file = place.file;
    if (file == null) {
      return false;
    }
    try {
      read.from(file);
      return true;
    } catch (EOFException | NoSuchFileException | FileNotFoundException cutOrRemoved) {
      LOG.log(Logger.Level.ERROR, file + " is cut or missing", cutOrRemoved);
      return false;
    }
  }

  private void lose(
      SegmentedStream stream, Block block, long firstSeq, long lastSeq, int messages) {
    lost += messages;
    LOG.log(
        Logger.Level.ERROR,
        "{0} is damaged: {1} messages of stream {2} between sequences {3} and {4} are lost",
        SegmentedStream.place(block).file,
        messages,
        stream.assetId,
        Long.toString(firstSeq),
        Long.toString(lastSeq));
  }
}
