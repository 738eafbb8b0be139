// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.store.StoreOptions;
import java.util.random.RandomGenerator;

/** A store whose files are so small that a short run meets every kind of work behind the log. */
final class SmallFiles {
  private SmallFiles() {}

  static StoreOptions.Builder options(RandomGenerator random) {
    return StoreOptions.builder()
        .firstLogFileBytes(16 << 10)
        .logFileBytes(16 << 10)
        .logBytes(64 << 10)
        .checkpointBytes(16 << 10)
        .checkpointSliceBytes(1 << random.nextInt(14))
        .blockBytes(1 << 10)
        .segmentBytes(4 << 10)
        .cacheBytes(16 << 10) // several blocks, of whatever size
        .openFiles(4);
  }
}
