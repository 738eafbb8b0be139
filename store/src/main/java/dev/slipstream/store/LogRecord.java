// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/**
 * A view of one record of the log: its header's fields and where its body lies.
 *
 * <p>Reused by whoever hands it out: valid during the call only. Source: docs/data-format.md,
 * "records".
 */
public final class LogRecord {
  /** {@link RecordType#MESSAGE}, or one of the engine's types. */
  public byte type;

  /** The number of the stream that the record belongs to; 0 is the catalogue. */
  public long assetId;

  /** The array that holds the body in {@code from..to}. */
  public byte[] bytes = OutputBuffer.NO_BYTES;

  /** Where the body begins. */
  public int from;

  /** Where the body ends. */
  public int to;

  /** The CRC32C of the body. */
  public int bodyCrc;

  /** The position in the log just behind the record. */
  public long position;

  /** A view of nothing. */
  public LogRecord() {}

  @Override
  public String toString() {
    return "record of type " + type + ", asset " + assetId + ", up to position " + position;
  }
}
