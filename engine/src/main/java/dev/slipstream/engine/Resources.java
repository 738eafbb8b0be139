// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;

/** What an account, or the whole server, uses of memory and of disk. Thread-safe. */
final class Resources {
  final StorageUsage memory;
  final StorageUsage file;

  Resources(int loops) {
    memory = new StorageUsage(loops);
    file = new StorageUsage(loops);
  }

  StorageUsage of(StorageType storage) {
    return storage == StorageType.MEMORY ? memory : file;
  }

  /** The most bytes of each; -1 for any amount. */
  void limit(long memoryBytes, long fileBytes) {
    memory.limit(memoryBytes);
    file.limit(fileBytes);
  }

  /** A stream comes to be, and reserves what it may keep. */
  void reserve(StreamConfig config) {
    of(config.storage()).reserve(reservation(config));
  }

  /** A stream is no more. */
  void release(StreamConfig config) {
    of(config.storage()).reserve(-reservation(config));
  }

  /** What a stream of this configuration reserves: its max_bytes, nothing without one. */
  static long reservation(StreamConfig config) {
    return Math.max(0, config.maxBytes());
  }
}
