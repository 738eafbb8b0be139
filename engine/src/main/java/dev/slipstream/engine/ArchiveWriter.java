// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Varint;
import dev.slipstream.store.StoredMessage;
import java.util.Arrays;

/**
 * Writes the archive of a stream in the format of the public server since 2.15: a magic word, then
 * entries, compressed.
 *
 * <p>An entry is the length of its name, a time in nanoseconds, a sequence, the lengths of headers
 * and payload, all as varints, the time with its sign folded into the lowest bit; then name,
 * headers, payload. The first is the stream's state, then come its consumers, then messages named
 * by their subjects, then one that is all zeros. Not thread-safe. Source: docs/adr/0008.
 */
final class ArchiveWriter {
  static final byte[] MAGIC = Subject.bytes("NATSARC1");
  static final String STATE = "state.json";
  static final String CONSUMER = "consumers/";

  private final OutputBuffer out = new OutputBuffer(2 * SnappyFrameWriter.BLOCK_BYTES);
  private final OutputBuffer head = new OutputBuffer(256);
  private final SnappyFrameWriter frames = new SnappyFrameWriter(out);
  private int taken;

  ArchiveWriter() {
    frames.put(MAGIC, 0, MAGIC.length);
  }

  /** How many bytes are compressed and not taken. */
  int ready() {
    return out.length() - taken;
  }

  /** Takes the next of what is compressed. */
  byte[] take(int count) {
    byte[] bytes = Arrays.copyOfRange(out.array(), taken, taken + count);
    taken += count;
    int rest = ready();
    if (taken >= rest) { // so that each byte is moved once at most
      System.arraycopy(out.array(), taken, out.array(), 0, rest);
      out.truncate(rest);
      taken = 0;
    }
    return bytes;
  }

  /** Writes an entry that is no message. */
  void document(String name, long epochNanos, byte[] json) {
    byte[] named = Subject.bytes(name);
    head(named.length, epochNanos, 0, 0, json.length);
    frames.put(named, 0, named.length);
    frames.put(json, 0, json.length);
  }

  /** Writes a message up to its headers; {@link #content} follows for headers and payload. */
  void message(StoredMessage message) {
    head(
        message.subjectTo - message.subjectFrom,
        message.epochNanos,
        message.seq,
        message.payloadFrom - message.headersFrom,
        message.payloadTo - message.payloadFrom);
    frames.put(message.bytes, message.subjectFrom, message.subjectTo);
  }

  /** Writes headers and payload, or a part of them. */
  void content(byte[] bytes, int from, int to) {
    frames.put(bytes, from, to);
  }

  /** Writes the end, and lets out all that there is. */
  void end() {
    head(0, 0, 0, 0, 0);
    frames.flush();
  }

  private void head(int name, long epochNanos, long seq, int headers, int payload) {
    head.clear();
    head.putVarint(name);
    head.putVarint(Varint.zigzag(epochNanos));
    head.putVarint(seq);
    head.putVarint(headers);
    head.putVarint(payload);
    frames.put(head.array(), 0, head.length());
  }
}
