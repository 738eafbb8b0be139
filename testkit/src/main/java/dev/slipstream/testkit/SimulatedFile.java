// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A file of a {@link FaultyDisk}: its bytes as programs see them, its bytes as of the last sync,
 * and the changes between.
 */
final class SimulatedFile {
  private static final int SECTOR_BYTES = 512;

  /** Bytes written at a position within one sector, or a new size when there are none. */
  private record Change(int position, byte[] bytes, int sizeAfter) {}

  private byte[] seen = new byte[0];
  private int seenSize;
  private byte[] synced = new byte[0];
  private int syncedSize;
  private final List<Change> unsynced = new ArrayList<>();

  int size() {
    return seenSize;
  }

  byte[] bytes() {
    return Arrays.copyOf(seen, seenSize);
  }

  SimulatedFile copy() {
    SimulatedFile copy = new SimulatedFile();
    copy.replace(bytes());
    return copy;
  }

  /** Replaces the content, durably. */
  void replace(byte[] content) {
    unsynced.clear();
    seen = content.clone();
    seenSize = content.length;
    synced = content.clone();
    syncedSize = content.length;
  }

  void read(ByteBuffer into, int position) {
    into.put(seen, position, into.remaining());
  }

  void write(byte[] bytes, int position) {
    int at = 0;
    while (at < bytes.length) {
      int sectorEnd = (position + at) / SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES;
      int end = Math.min(bytes.length, sectorEnd - position);
      byte[] part = Arrays.copyOfRange(bytes, at, end);
      seenSize = Math.max(seenSize, position + end);
      Change change = new Change(position + at, part, seenSize);
      seen = put(seen, change);
      unsynced.add(change);
      at = end;
    }
  }

  void truncate(int size) {
    if (size < seenSize) {
      Arrays.fill(seen, size, seenSize, (byte) 0);
      seenSize = size;
      unsynced.add(new Change(size, new byte[0], size));
    }
  }

  void sync() {
    for (Change change : unsynced) {
      persist(change);
    }
    syncedSize = seenSize;
    unsynced.clear();
  }

  private void persist(Change change) {
    if (change.bytes.length == 0) {
      Arrays.fill(synced, Math.min(synced.length, change.position), synced.length, (byte) 0);
    } else {
      synced = put(synced, change);
    }
  }

  /** The system drops what it could not write: programs see it, the disk may never have it. */
  void loseUnsynced(RandomGenerator random) {
    keepSome(random);
  }

  /** Power is lost. */
  void crash(boolean keepAll, boolean keepNothing, RandomGenerator random) {
    if (keepAll) {
      sync();
    } else if (!keepNothing) {
      keepSome(random);
    }
    unsynced.clear();
    synced = Arrays.copyOf(synced, Math.max(synced.length, syncedSize));
    Arrays.fill(synced, syncedSize, synced.length, (byte) 0);
    seen = Arrays.copyOf(synced, syncedSize);
    seenSize = syncedSize;
  }

  /** Every sector stops at one of its versions, and so does the size. */
  private void keepSome(RandomGenerator random) {
    TreeMap<Integer, Integer> versions = new TreeMap<>();
    for (Change change : unsynced) {
      versions.merge(change.position / SECTOR_BYTES, 1, Integer::sum);
    }
    versions.replaceAll((sector, count) -> random.nextInt(count + 1));
    int sizes = random.nextInt(unsynced.size() + 1);
    for (int i = 0; i < unsynced.size(); i++) {
      Change change = unsynced.get(i);
      int left = versions.merge(change.position / SECTOR_BYTES, -1, Integer::sum);
      if (left >= 0) {
        persist(change);
      }
      if (i < sizes) {
        syncedSize = change.sizeAfter;
      }
    }
    unsynced.clear();
  }

  private static byte[] put(byte[] into, Change change) {
    int end = change.position + change.bytes.length;
    byte[] target = into;
    if (end > target.length) {
      target = Arrays.copyOf(into, Math.max(end, into.length * 2));
    }
    System.arraycopy(change.bytes, 0, target, change.position, change.bytes.length);
    return target;
  }
}
