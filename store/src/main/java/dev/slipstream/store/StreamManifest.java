// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Which blocks a stream has, at a checkpoint: the loop writes what it knows, the storage worker
 * adds where they lie.
 *
 * <p>Big-endian: i64 last sequence, i64 last time, i32 blocks; each block as i64 first sequence,
 * i64 last sequence, i32 messages, i32 of them living, i32 bytes, i64 number of the file, i64
 * offset, i64 offset of the footer, i32 length of the footer, negative when the block is compressed
 * and ends where its footer begins, and when messages were removed a bit for each in i64 words.
 * Source: docs/data-format.md, "checkpoints".
 */
final class StreamManifest {
  private final OutputBuffer bytes = new OutputBuffer(256);
  private final List<BlockPlace> places = new ArrayList<>();
  private int[] placeAt = new int[16];

  /** Notes a stream as it is now; its last block was handed over for writing just before. */
  StreamManifest(StreamStore stream) {
    BlockList blocks = stream.blocks();
    bytes.putLong(stream.lastSeq()).putLong(stream.lastEpochNanos());
    int countAt = bytes.length();
    bytes.putInt(0);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (block.live > 0) {
        add(block);
      }
    }
    bytes.setInt(countAt, places.size());
  }

  private void add(Block block) {
    block.named = true;
    bytes.putLong(block.firstSeq).putLong(block.lastSeq());
    bytes.putInt(block.count()).putInt(block.live).putInt(block.used);
    if (placeAt.length == places.size()) {
      placeAt = Arrays.copyOf(placeAt, places.size() * 2);
    }
    placeAt[places.size()] = bytes.length();
    places.add(SegmentedStream.place(block));
    bytes.putLong(0).putLong(0).putLong(0).putInt(0);
    if (block.live < block.count()) {
      for (long word : block.goneWords()) {
        bytes.putLong(word);
      }
    }
  }

  /** How many bytes it has. */
  int length() {
    return bytes.length();
  }

  /** Adds where the blocks lie, and answers the manifest; called by the storage worker, once. */
  OutputBuffer complete() {
    for (int i = 0; i < places.size(); i++) {
      BlockPlace place = places.get(i);
      int at = placeAt[i];
      byte[] array = bytes.array();
      SegmentFile file = Objects.requireNonNull(place.file, "a block that was not written");
      RecordHeader.setLong(array, at, file.number);
      RecordHeader.setLong(array, at + 8, place.offset);
      RecordHeader.setLong(array, at + 16, place.footerOffset);
      RecordHeader.setInt(
          array, at + 24, place.compressed ? -place.footerLength : place.footerLength);
    }
    return bytes;
  }

  /** How many bytes of the file a block takes that has {@code used} bytes. */
  static int storedBytes(boolean compressed, long offset, long footerOffset, int used) {
    return compressed ? (int) Math.max(0, Math.min(used, footerOffset - offset)) : used;
  }
}
