// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;

/** Takes the snapshots of one loop's assets for a checkpoint. */
@FunctionalInterface
public interface SnapshotSink {

  /** Takes one asset's state; the bytes are copied. At most once an asset. */
  void asset(long assetId, OutputBuffer bytes);
}
