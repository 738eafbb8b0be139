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
final class CheckpointPart implements SnapshotSink {
  /** What an asset counts beside its bytes. */
  private static final int ASSET_BYTES = 1024;

  /**
   * An asset as a turn has noted it.
   *
   * @param snapshot null when no source has one
   * @param rest writes what comes behind the snapshot
   */
  record Asset(
      long id,
      @Nullable OutputBuffer snapshot,
      Consumer<OutputBuffer> rest,
      @Nullable StreamManifest manifest) {

    private int length() {
      return (snapshot == null ? 0 : snapshot.length())
          + (manifest == null ? 0 : manifest.length());
    }
  }

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
  private @Nullable OutputBuffer snapshot; // of the asset that is being noted
  private Consumer<OutputBuffer> rest = behind -> {};

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

  /** Notes the next assets, which contain all of the log that is durable. */
  Slice next() {
    loop.applyAll(); // what lies before "from" may have been left for another turn
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
    snapshot = null;
    rest = behind -> {};
    for (SnapshotSource source : loop.sources) {
      source.snapshot(id, this);
    }
    Asset asset = new Asset(id, snapshot, rest, manifest);
    if (snapshot != null || manifest != null) {
      noted.add(asset);
    }
    return asset.length();
  }

  @Override
  public void asset(OutputBuffer bytes, Consumer<OutputBuffer> behind) {
    snapshot = bytes;
    rest = behind;
  }
}
