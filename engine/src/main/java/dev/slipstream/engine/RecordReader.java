// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of a record or a snapshot in turn. */
final class RecordReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  RecordReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    at = from;
    end = to;
  }

  /** Appends text with its length before it. */
  static void putText(OutputBuffer out, String text) {
    putBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends bytes with their length before them. */
  static void putBytes(OutputBuffer out, byte[] value) {
    out.putInt(value.length).put(value);
  }

  boolean hasMore() {
    return at < end;
  }

  int position() {
    return at;
  }

  void seek(int position) {
    at = position;
  }

  byte[] array() {
    return bytes;
  }

  int end() {
    return end;
  }

  int readInt() {
    int value = OutputBuffer.getInt(bytes, at);
    at += 4;
    return value;
  }

  long readLong() {
    long value = OutputBuffer.getLong(bytes, at);
    at += 8;
    return value;
  }

  byte[] readBytes() {
    int length = readInt();
    byte[] value = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return value;
  }

  String readText() {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }
}
