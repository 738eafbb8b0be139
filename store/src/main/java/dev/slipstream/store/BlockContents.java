// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the messages of a block are, without their payloads and without the stream: subjects are
 * numbered within the block.
 */
final class BlockContents {
  /** The messages; a subject is an index in {@link #names}. */
  final BlockEntries entries;

  /** The subjects, in the order of their first message. */
  final List<byte[]> names = new ArrayList<>();

  /** Bytes of the records. */
  int used;

  private final TokenTable<Integer> indices = new TokenTable<>();

  BlockContents(long firstSeq) {
    entries = new BlockEntries(firstSeq);
  }

  /** Those of the records in {@code data[0..used]}, which are intact. */
  static BlockContents read(byte[] data, int used) {
    long firstSeq = MessageCodec.seq(data, Block.FRAME_BYTES);
    BlockContents contents = new BlockContents(firstSeq);
    for (int offset = 0; offset < used; offset = Block.endOfRecord(data, offset)) {
      contents.add(data, offset);
    }
    contents.used = used;
    return contents;
  }

  /**
   * Those of the records in damaged bytes, found by their lengths as far as those can be believed.
   *
   * @param count how many records there were
   * @param dead takes a bit for each record that is not what was written
   */
  static BlockContents salvage(long firstSeq, byte[] data, int count, long[] dead) {
    BlockContents contents = new BlockContents(firstSeq);
    BlockEntries entries = contents.entries;
    CRC32C crc = new CRC32C();
    long seqBefore = firstSeq - 1;
    for (int i = 0; i < count; i++) {
      int offset = contents.used;
      int body = offset + Block.FRAME_BYTES;
      int length = body <= data.length ? OutputBuffer.getInt(data, offset) : -1;
      if (length < MessageCodec.FIXED_BYTES || length > data.length - body) {
        break;
      }
      boolean intact =
          OutputBuffer.getInt(data, offset + 4) == RecordHeader.crc(crc, data, body, length)
              && MessageCodec.isPlausible(data, body, body + length)
              && MessageCodec.seq(data, body) > seqBefore;
      if (intact) {
        contents.add(data, offset);
      } else {
        entries.add(seqBefore + 1, i == 0 ? 0 : entries.epochNanos(i - 1), 0, offset, 0, false);
        dead[i >>> 6] |= 1L << i;
      }
      seqBefore = entries.seq(i);
      contents.used = body + length;
    }
    entries.trim();
    return contents;
  }

  /** Adds the message whose intact record begins at {@code offset}. */
  private void add(byte[] data, int offset) {
    int body = offset + Block.FRAME_BYTES;
    int from = MessageCodec.subjectFrom(body);
    int to = MessageCodec.subjectTo(data, body);
    Integer index = indices.get(data, from, to);
    if (index == null) {
      index = names.size();
      indices.put(data, from, to, index);
      names.add(Arrays.copyOfRange(data, from, to));
    }
    boolean headers = MessageCodec.headersLength(data, body) > 0;
    long epochNanos = MessageCodec.epochNanos(data, body);
    int ttlSeconds = MessageCodec.ttlSeconds(data, body);
    entries.add(MessageCodec.seq(data, body), epochNanos, ttlSeconds, offset, index, headers);
  }

  /** Where the record of a message ends. */
  int end(int index) {
    return entries.end(index, used);
  }
}
