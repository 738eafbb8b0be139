// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people call the streams and records of a directory, which only the engine can tell: it hears
 * what a {@link StoreCheck} or a {@link StoreDump} comes across, and answers what it has learnt.
 *
 * <p>Bytes are those of a directory that may be damaged or cut: what cannot be read is to be passed
 * over. Not thread-safe.
 */
public interface StoreNames {
  /** Names nothing: streams are shown by their numbers. */
  StoreNames NONE = new StoreNames() {};

  /** An asset's snapshot in the checkpoint; its first MiB when it is longer. */
  default void snapshot(long assetId, byte[] bytes, int from, int to) {}

  /** A record of the log that is not a message. */
  default void record(LogRecord record) {}

  /** The name of an asset; null when it is not known. */
  default @Nullable String asset(long assetId) {
    return null;
  }

  /** The numbers of the assets that have or had a name. */
  default List<Long> assets(String name) {
    return List.of();
  }

  /** What a type of the engine's records means; null when it is not known. */
  default @Nullable String type(byte type) {
    return null;
  }
}
