// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.nio.file.Path;

/** One file with blocks of one stream. Owner: the storage worker. */
final class SegmentFile {
  final long assetId;
  final long number;
  final Path path;

  /** Where the next block or footer goes. */
  long end;

  /** How many blocks in it are still wanted. */
  int blocks;

  /** Whether something was written since the last sync. */
  boolean dirty;

  /** Whether it takes no further block. */
  boolean full;

  SegmentFile(Path directory, long assetId, long number, long end) {
    this.assetId = assetId;
    this.number = number;
    this.path = directory.resolve(assetId + "." + number);
    this.end = end;
  }

  @Override
  public String toString() {
    return "segment file " + path.getFileName();
  }
}
