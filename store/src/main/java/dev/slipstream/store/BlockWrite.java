// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * The content of a block that is to be written.
 *
 * @param place where it lies, or is put now
 * @param data its bytes, which do not change any more
 * @param used how many of them are the block's
 * @param full whether it will not grow any more
 * @param compress whether it is to be compressed when it does not grow any more
 * @param pack whether it goes to a file that streams share
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record BlockWrite(
    BlockPlace place, byte[] data, int used, boolean full, boolean compress, boolean pack) {

  /** Whose file it goes to. */
  long owner() {
    return pack ? SegmentFile.PACK : place.assetId;
  }
}
