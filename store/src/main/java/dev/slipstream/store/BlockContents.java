// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.subject.TokenTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a block are, without their payloads, a column for each thing that is known
 * of them. The columns are as long as there was room for; {@link #count} entries count.
 */
final class BlockContents {
  /** Marks in {@link #subjects} that a message has headers. */
  static final int HAS_HEADERS = 0x8000_0000;

  final long firstSeq;

  /** Bytes of the records. */
  int used;

  int count;

  /** How many messages have headers. */
  int withHeaders;

  /** How far each sequence is from the first; null when they are consecutive. */
  int @Nullable [] deltas;

  long[] times;

  /** Where each record begins. */
  int[] offsets;

  /** The index of each message's subject in {@link #names}, see {@link #HAS_HEADERS}. */
  int[] subjects;

  /** The subjects, in the order of their first message. */
  final List<byte[]> names = new ArrayList<>();

  private final TokenTable<Integer> indices = new TokenTable<>();

  BlockContents(long firstSeq, int expected) {
    this.firstSeq = firstSeq;
    times = new long[expected];
    offsets = new int[expected];
    subjects = new int[expected];
  }

  /** Those of the records in {@code data[0..used]}, which are intact. */
  static BlockContents read(byte[] data, int used) {
    int guess = Math.max(1, used / 256);
    BlockContents contents = new BlockContents(MessageCodec.seq(data, Block.FRAME_BYTES), guess);
    for (int offset = 0; offset < used; offset = Block.endOfRecord(data, offset)) {
      contents.add(data, offset);
    }
    contents.used = used;
    return contents;
  }

  /** Adds the message whose intact record begins at {@code offset}. */
  void add(byte[] data, int offset) {
    int body = offset + Block.FRAME_BYTES;
    int from = MessageCodec.subjectFrom(body);
    int to = MessageCodec.subjectTo(data, body);
    Integer index = indices.get(data, from, to);
    if (index == null) {
      index = names.size();
      indices.put(data, from, to, index);
      names.add(Arrays.copyOfRange(data, from, to));
    }
    long seq = MessageCodec.seq(data, body);
    add(seq, MessageCodec.epochNanos(data, body), offset, index);
    if (MessageCodec.headersLength(data, body) > 0) {
      subjects[count - 1] |= HAS_HEADERS;
      withHeaders++;
    }
  }

  /** Adds a message without headers. */
  void add(long seq, long epochNanos, int offset, int subject) {
    if (count == times.length) {
      int capacity = Math.max(8, count * 2);
      times = Arrays.copyOf(times, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      subjects = Arrays.copyOf(subjects, capacity);
    }
    deltas = Block.withDelta(deltas, (int) (seq - firstSeq), count, times.length);
    times[count] = epochNanos;
    offsets[count] = offset;
    subjects[count] = subject;
    count++;
  }

  long seq(int index) {
    int[] sparse = deltas;
    return firstSeq + (sparse == null ? index : sparse[index]);
  }

  /** The index of a message's subject. */
  int subject(int index) {
    return subjects[index] & ~HAS_HEADERS;
  }

  boolean hasHeaders(int index) {
    return subjects[index] < 0;
  }

  /** Where the record of a message ends. */
  int end(int index) {
    return index + 1 < count ? offsets[index + 1] : used;
  }
}
