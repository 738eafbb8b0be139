// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the entries of an archive as its bytes come; the format is that of {@link ArchiveWriter}.
 *
 * <p>Shows one entry at a time, whole; what it shows stays until the next call. Bounded: holds one
 * entry, which may not be larger than {@link #MOST_MESSAGE_BYTES} or {@link #MOST_DOCUMENT_BYTES},
 * and the block that its end came in. Not thread-safe.
 */
final class ArchiveReader {
  /** Headers and payload of a message; more could not be stored. */
  static final int MOST_MESSAGE_BYTES = 32 << 20;

  /** The state of a stream or a consumer. */
  static final int MOST_DOCUMENT_BYTES = 64 << 20;

  private static final int MOST_NAME_BYTES = 1 << 20;
  private static final int MOST_VARINT_BYTES = 10;
  private static final int WANTS_MORE = -1;

  private final OutputBuffer decoded = new OutputBuffer(2 * SnappyFrameWriter.BLOCK_BYTES);
  private int at;
  private boolean begun;

  private int parsed;
  private int nameFrom;
  private int headersFrom;
  private int payloadFrom;
  private int payloadTo;
  private long epochNanos;
  private long seq;

  /** Where decoded bytes are to be appended. */
  OutputBuffer decoded() {
    return decoded;
  }

  /** Goes to the next entry; false when it has not come whole yet. */
  boolean next() throws ArchiveException {
    forget();
    if (!begun) {
      if (decoded.length() - at < ArchiveWriter.MAGIC.length) {
        return false;
      }
      int to = at + ArchiveWriter.MAGIC.length;
      if (!Arrays.equals(
          decoded.array(), at, to, ArchiveWriter.MAGIC, 0, ArchiveWriter.MAGIC.length)) {
        throw new ArchiveException(
            "not an archive of version 2.15 or later; restore it on an older server and back it up"
                + " from a newer one");
      }
      at = to;
      begun = true;
    }
    parsed = at;
    long name = readVarint();
    long time = parsed == WANTS_MORE ? 0 : readVarint();
    long sequence = parsed == WANTS_MORE ? 0 : readVarint();
    long headers = parsed == WANTS_MORE ? 0 : readVarint();
    long payload = parsed == WANTS_MORE ? 0 : readVarint();
    if (parsed == WANTS_MORE) {
      return false;
    }
    checkLengths(name, sequence, headers, payload);
    if (decoded.length() - parsed < name + headers + payload) {
      return false;
    }
    epochNanos = Varint.unzigzag(time);
    seq = sequence;
    nameFrom = parsed;
    headersFrom = nameFrom + (int) name;
    payloadFrom = headersFrom + (int) headers;
    payloadTo = payloadFrom + (int) payload;
    at = payloadTo;
    return true;
  }

  private static void checkLengths(long name, long seq, long headers, long payload)
      throws ArchiveException {
    if (name < 0 || name > MOST_NAME_BYTES || headers < 0 || payload < 0) {
      throw invalid();
    }
    int most = seq == 0 ? MOST_DOCUMENT_BYTES : MOST_MESSAGE_BYTES;
    if (headers > most || payload > most - headers) {
      throw seq == 0
          ? invalid()
          : new ArchiveException(
              "message sequence " + Long.toUnsignedString(seq) + " exceeds maximum payload size");
    }
  }

  static ArchiveException invalid() {
    return new ArchiveException("archive: invalid archive stream");
  }

  /** What was shown goes, once it is more than what has come behind it. */
  private void forget() {
    int rest = decoded.length() - at;
    if (at > rest) {
      System.arraycopy(decoded.array(), at, decoded.array(), 0, rest);
      decoded.truncate(rest);
      at = 0;
    }
  }

  private long readVarint() throws ArchiveException {
    long number = 0;
    for (int i = 0; i < MOST_VARINT_BYTES; i++) {
      if (parsed >= decoded.length()) {
        parsed = WANTS_MORE;
        return 0;
      }
      byte each = decoded.array()[parsed++];
      if (i == MOST_VARINT_BYTES - 1 && (each & 0xff) > 1) {
        throw invalid();
      }
      number |= (each & 0x7fL) << (7 * i);
      if (each >= 0) {
        return number;
      }
    }
    throw invalid();
  }

  /** Whether an entry has begun and not come whole. */
  boolean isWithinEntry() {
    return begun && at < decoded.length();
  }

  boolean isEnd() {
    return seq == 0 && nameFrom == payloadTo && epochNanos == 0;
  }

  String name() {
    return new String(decoded.array(), nameFrom, headersFrom - nameFrom, StandardCharsets.UTF_8);
  }

  long epochNanos() {
    return epochNanos;
  }

  long seq() {
    return seq;
  }

  /** The array that the ranges are of. */
  byte[] array() {
    return decoded.array();
  }

  int nameFrom() {
    return nameFrom;
  }

  int headersFrom() {
    return headersFrom;
  }

  int payloadFrom() {
    return payloadFrom;
  }

  int payloadTo() {
    return payloadTo;
  }

  /** The bytes of the entry without its lengths. */
  int bytes() {
    return payloadTo - nameFrom;
  }
}
