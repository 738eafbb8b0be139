// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one loop adds to a checkpoint: its assets, a few in a turn, so that messages do not wait for
 * all of them.
 *
 * <p>Each asset is noted as it is in its turn, and its section says up to which position that is.
 * The catalogue comes first: a stream that ends before its own turn then is one that the log ends,
 * and one that begins later is one that the log begins. Owner: the loop.
 */
final class CheckpointPart {
  /** What an asset counts beside its bytes. */
  private static final int ASSET_BYTES = 1024;

  /**
   * An asset as a turn has noted it.
   *
   * @param rest writes what comes behind the snapshot
   */
  record Asset(
      long id,
      byte @Nullable [] snapshot,
      Consumer<OutputBuffer> rest,
      @Nullable StreamManifest manifest) {}

  /**
   * What a turn has noted.
   *
   * @param position up to where the assets contain the log
   */
  record Slice(long position, List<Asset> assets, boolean isLast) {}

  private final LoopState loop;
  private final long from;
  private final int sliceBytes;
  private @Nullable ArrayDeque<Long> left;

  /**
   * A part that is not begun.
   *
   * @param from the loop has applied all of the log before
   * @param sliceBytes about how many bytes a turn notes
   */
  CheckpointPart(LoopState loop, long from, int sliceBytes) {
    this.loop = loop;
    this.from = from;
    this.sliceBytes = sliceBytes;
  }

  /** Notes the next assets. */
  Slice next() {
    ArrayDeque<Long> ids = left;
    if (ids == null) {
      TreeSet<Long> owned = new TreeSet<>(loop.streams.keySet());
      loop.sources.forEach(source -> owned.addAll(source.assets()));
      ids = new ArrayDeque<>(owned);
      left = ids;
    }
    List<Asset> noted = new ArrayList<>();
    for (long size = 0; size < sliceBytes && !ids.isEmpty(); ) {
      size += ASSET_BYTES + note(ids.remove(), noted);
    }
    return new Slice(Math.max(from, loop.appliedPosition()), noted, ids.isEmpty());
  }

  private long note(long id, List<Asset> noted) {
    SegmentedStream stream = loop.streams.get(id);
    StreamManifest manifest = null;
    if (stream != null) {
      stream.writeTail();
      manifest = new StreamManifest(stream.store);
    }
    Asset asset = new Asset(id, null, behind -> {}, manifest);
    for (SnapshotSource source : loop.sources) {
      asset = withSnapshot(asset, source);
    }
    byte[] snapshot = asset.snapshot;
    if (snapshot != null || manifest != null) {
      noted.add(asset);
    }
    return (snapshot == null ? 0 : snapshot.length) + (manifest == null ? 0 : manifest.length());
  }

  private static Asset withSnapshot(Asset asset, SnapshotSource source) {
    Asset[] found = {asset};
    source.snapshot(
        asset.id,
        (bytes, rest) -> found[0] = new Asset(asset.id, bytes.toBytes(), rest, asset.manifest));
    return found[0];
  }
}
