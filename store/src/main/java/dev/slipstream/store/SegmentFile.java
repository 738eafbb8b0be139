// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.nio.file.Path;
import java.util.LinkedHashSet;

/**
 * One file with blocks of one stream, or, as a pack, of many small streams. Owner: the storage
 * worker.
 */
final class SegmentFile {
  /** What packs have in place of a stream's number; no stream has it. */
  static final long PACK = 0;

  /** The stream, or {@link #PACK}. */
  final long owner;

  final long number;
  final Path path;

  /** Where the next block or footer goes. */
  long end;

  /** The blocks in it that are still wanted. */
  final LinkedHashSet<BlockPlace> places = new LinkedHashSet<>();

  /**
   * Whether a block that lives on was moved out of it: the last durable checkpoint may name its old
   * place here.
   */
  boolean vacated;

  /** How much was written since the last sync. */
  long unsyncedBytes;

  /** Whether reading it failed while blocks were moved out of it. */
  boolean unreadable;

  /** Whether it takes no further block. */
  boolean full;

  SegmentFile(Path directory, long owner, long number) {
    this.owner = owner;
    this.number = number;
    this.path = directory.resolve(owner + "." + number);
  }

  /** How many of its bytes are needed. */
  long neededBytes() {
    long bytes = 0;
    for (BlockPlace place : places) {
      bytes += place.neededBytes();
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "segment file " + path.getFileName();
  }
}
