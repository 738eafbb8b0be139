// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.Varint;

/** Reads {@link Column}s of intact bytes that stand one behind the other. */
final class ColumnReader {
  private final byte[] bytes;
  private final int count;
  private int at;

  /** A reader of columns of {@code count} numbers, the first of which begins at {@code from}. */
  ColumnReader(byte[] bytes, int from, int count) {
    this.bytes = bytes;
    this.count = count;
    this.at = from;
  }

  /** The next column. */
  Column next() {
    int width = bytes[at++];
    long base = number();
    long step = number();
    int rests = at;
    at += count * width;
    return Column.of(bytes, rests, count, width, base, step);
  }

  private long number() {
    long folded = Varint.get(bytes, at);
    at = Varint.end(bytes, at, bytes.length);
    return Varint.unzigzag(folded);
  }
}
