// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * A range of bytes that are not what was written, and what stood there as far as it can be told.
 *
 * @param file its path below the directory {@code slipstream}
 * @param fromByte where in the file the range begins
 * @param toByte where it ends
 * @param assetId whose it is; -1 when that is not known or nobody's
 * @param firstSeq the first sequence that is or may be hit; 0 when none is known
 * @param lastSeq the last one
 * @param what what is damaged, in words
 */
public record StoreDamage(
    String file,
    long fromByte,
    long toByte,
    long assetId,
    long firstSeq,
    long lastSeq,
    String what) {

  /** What is nobody's, or whose owner is not known. */
  public static final long NO_ASSET = -1;

  /**
   * Whether {@code next} is of the same kind and lies right behind, or in part in the same bytes.
   */
  boolean meets(StoreDamage next) {
    return file.equals(next.file)
        && assetId == next.assetId
        && what.equals(next.what)
        && (fromByte <= next.fromByte && next.fromByte <= toByte
            || toByte == 0 && next.toByte == 0);
  }

  StoreDamage with(StoreDamage next) {
    return new StoreDamage(
        file,
        fromByte,
        next.toByte,
        assetId,
        firstSeq == 0 ? next.firstSeq : firstSeq,
        Math.max(lastSeq, next.lastSeq),
        what);
  }
}
