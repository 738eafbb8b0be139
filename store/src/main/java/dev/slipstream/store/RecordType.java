// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * The types of log records that the store itself knows; 16 to 127 are the engine's to define.
 *
 * <p>Source: docs/data-format.md, "records".
 */
public final class RecordType {
  /** A message of a stream; its body is laid out by {@link MessageCodec}. */
  public static final byte MESSAGE = 1;

  /** Begins a commit and says what was durable before it; never handed to anybody. */
  static final byte BATCH = 2;

  /** The first type that the engine may use. */
  public static final byte FIRST_OF_ENGINE = 16;

  private RecordType() {}
}
