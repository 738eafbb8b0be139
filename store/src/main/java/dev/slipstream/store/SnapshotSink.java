// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.Consumer;

/** Takes the snapshot of one asset for a checkpoint. */
@FunctionalInterface
public interface SnapshotSink {

  /**
   * Takes an asset's state. At most once an asset.
   *
   * @param bytes the sink's from here on
   * @param rest writes what comes behind {@code bytes}, on another thread and later: from what does
   *     not change any more
   */
  void asset(OutputBuffer bytes, Consumer<OutputBuffer> rest);

  /** Takes an asset's state; the bytes are the sink's from here on. At most once an asset. */
  default void asset(OutputBuffer bytes) {
    asset(bytes, behind -> {});
  }
}
