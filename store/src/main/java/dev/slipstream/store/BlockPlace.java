// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/**
 * Where a block lies on disk. Owner: the storage worker, but for {@link #unwanted}.
 *
 * <p>A block that is written while it still grows is given more room than it needs, so that what
 * comes later is written behind what is there; one that outgrows its room gets another place.
 */
final class BlockPlace {
  /** The stream whose block it is. */
  final long assetId;

  /** The file; null until something was written. */
  @Nullable SegmentFile file;

  /** Where in the file its first record begins. */
  long offset;

  /** How many bytes there are room for from {@link #offset} on. */
  int reserved;

  /** Whether it is full and lies there as a {@link CompressedBlock}, right before its footer. */
  boolean compressed;

  /** How many bytes are written there; fewer than the block has when it is compressed. */
  int written;

  /** How many of the block's bytes the footer describes. */
  int described;

  /** Where in the file the footer begins. */
  long footerOffset;

  /** How long the footer is. */
  int footerLength;

  /**
   * Set by the loop when nothing lives in the block any more and no checkpoint names it: it need
   * not be written.
   */
  volatile boolean unwanted;

  /** Whether the block is gone for good, so that nothing of it is to be written any more. */
  boolean released;

  BlockPlace(long assetId) {
    this.assetId = assetId;
  }

  /** How many bytes of the file the block and its footer need. */
  long neededBytes() {
    return (long) written + footerLength;
  }
}
