// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the messages of a block are, without their payloads and without the stream: subjects are
 * numbered within the block.
 */
final class BlockContents {
  /** The messages; a subject is an index in {@link #names}. */
  final BlockEntries entries;

  /** The subjects, in the order of their first message. */
  final List<byte[]> names;

  /** Bytes of the base and the frames. */
  int used;

  /** Bytes of subjects, headers and payloads. */
  long contentBytes;

  private final TokenTable<Integer> indices = new TokenTable<>();

  /** Those of no messages yet. */
  BlockContents(long firstSeq) {
    this(new BlockEntries(firstSeq), new ArrayList<>());
  }

  BlockContents(BlockEntries entries, List<byte[]> names) {
    this.entries = entries;
    this.names = names;
  }

  /** Those of the messages in {@code data[0..used]}, which are intact. */
  static BlockContents read(byte[] data, int used) {
    long firstSeq = OutputBuffer.getLong(data, 0);
    long firstNanos = OutputBuffer.getLong(data, Long.BYTES);
    BlockContents contents = new BlockContents(firstSeq);
    StoredMessage message = new StoredMessage();
    for (int at = MessageCodec.BASE_BYTES; at < used; at = message.payloadTo) {
      Invariant.check(
          MessageCodec.show(data, at, used, firstSeq, firstNanos, message),
          "something else than a message in a block");
      contents.add(message);
    }
    contents.used = used;
    return contents;
  }

  /**
   * Those of the messages in damaged bytes, found by their lengths as far as those can be believed.
   *
   * @param count how many messages there were
   * @param dead takes a bit for each message that is not what was written
   */
  static BlockContents salvage(long firstSeq, byte[] data, int count, long[] dead) {
    BlockContents contents = new BlockContents(firstSeq);
    BlockEntries entries = contents.entries;
    MessageCrc crc = new MessageCrc();
    StoredMessage message = new StoredMessage();
    long firstNanos = data.length < 2 * Long.BYTES ? 0 : OutputBuffer.getLong(data, Long.BYTES);
    long seqBefore = firstSeq - 1;
    contents.used = Math.min(data.length, MessageCodec.BASE_BYTES);
    for (int i = 0; i < count; i++) {
      int at = contents.used;
      if (!MessageCodec.show(data, at, data.length, firstSeq, firstNanos, message)) {
        break;
      }
      if (message.seq > seqBefore && crc.fits(message)) {
        contents.add(message);
      } else {
        long nanos = i == 0 ? firstNanos : entries.epochNanos(i - 1);
        entries.add(seqBefore + 1, nanos, MessageCodec.NO_TTL, at, 0, false);
        dead[i >>> 6] |= 1L << i;
      }
      seqBefore = entries.seq(i);
      contents.used = message.payloadTo;
    }
    entries.trim();
    return contents;
  }

  /** Adds an intact message. */
  private void add(StoredMessage message) {
    byte[] bytes = message.bytes;
    Integer index = indices.get(bytes, message.subjectFrom, message.subjectTo);
    if (index == null) {
      index = names.size();
      indices.put(bytes, message.subjectFrom, message.subjectTo, index);
      names.add(Arrays.copyOfRange(bytes, message.subjectFrom, message.subjectTo));
    }
    entries.add(
        message.seq,
        message.epochNanos,
        message.ttlSeconds,
        message.frameFrom,
        index,
        message.hasHeaders());
    contentBytes += message.contentBytes();
  }

  /** Where the frame of a message ends. */
  int end(int index) {
    return entries.end(index, used);
  }
}
