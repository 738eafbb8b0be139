// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Collection;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a loop by two functions.
 *
 * @param ids which assets there are
 * @param state the state of one; null when it is gone
 */
record PlainSnapshots(
    Supplier<? extends Collection<Long>> ids, LongFunction<@Nullable OutputBuffer> state)
    implements SnapshotSource {
  @Override
  public Collection<Long> assets() {
    return ids.get();
  }

  @Override
  public void snapshot(long assetId, SnapshotSink sink) {
    OutputBuffer bytes = state.apply(assetId);
    if (bytes != null) {
      sink.asset(bytes);
    }
  }
}
