// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import org.jspecify.annotations.Nullable;

/** Whether an account and the server have room for one more stream. */
final class StreamLimits {

  private StreamLimits() {}

  /** What forbids the stream, or null. */
  static @Nullable ApiError refusal(JetStreamAccount account, StreamConfig config) {
    AccountLimits limits = account.limits();
    boolean memory = StreamRules.isMemory(config);
    if (limits.maxStreams() > 0 && account.streamCount() >= limits.maxStreams()) {
      return ApiErrors.MAXIMUM_STREAMS_LIMIT.of();
    }
    if (limits.maxBytesRequired() && config.maxBytes() <= 0) {
      return ApiErrors.STREAM_MAX_BYTES_REQUIRED.of();
    }
    long mostForOne = memory ? limits.memoryMaxStreamBytes() : limits.storageMaxStreamBytes();
    if (mostForOne > 0 && config.maxBytes() > mostForOne) {
      return ApiErrors.STREAM_MAX_STREAM_BYTES_EXCEEDED.of();
    }
    if (config.maxBytes() <= 0) {
      return null; // it reserves nothing
    }
    long reserved = config.maxBytes();
    for (Stream other : account.claimed()) {
      if (other.isMemory() == memory) {
        reserved += Math.max(0, other.config().maxBytes());
      }
    }
    EngineOptions options = account.options();
    long ofAccount = memory ? limits.maxMemory() : limits.maxStorage();
    long ofServer = memory ? options.maxMemoryBytes() : options.maxFileBytes();
    boolean tooMuch =
        ofAccount >= 0 && reserved > ofAccount || ofServer >= 0 && reserved > ofServer;
    if (!tooMuch) {
      return null;
    }
    return memory
        ? ApiErrors.MEMORY_RESOURCES_EXCEEDED.of()
        : ApiErrors.STORAGE_RESOURCES_EXCEEDED.of();
  }
}
