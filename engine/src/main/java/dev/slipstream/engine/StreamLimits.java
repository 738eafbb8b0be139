// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import org.jspecify.annotations.Nullable;

/**
 * Whether an account and the server have room for one more stream, or for a larger one. A stream
 * reserves its max_bytes; one without needs a byte to be left.
 *
 * <p>Streams that are being restored count like the others. Called on the catalogue's loop. Source:
 * the public server.
 */
final class StreamLimits {

  private StreamLimits() {}

  /**
   * What forbids the stream before its configuration is looked at, or null. Like the public server
   * it looks at bytes there only if the request names a storage.
   */
  static @Nullable ApiError refusalAtOnce(
      JetStreamAccount account, StreamConfig given, boolean namesStorage) {
    return refusal(account, given, namesStorage);
  }

  /** What forbids the stream, or null; a stream that exists is not counted a second time. */
  static @Nullable ApiError refusal(JetStreamAccount account, StreamConfig config) {
    return refusal(account, config, true);
  }

  private static @Nullable ApiError refusal(
      JetStreamAccount account, StreamConfig config, boolean withBytes) {
    int most = account.limits().maxStreams();
    if (most > 0 && account.claimedBesides(config.name()) >= most) {
      return ApiErrors.MAXIMUM_STREAMS_LIMIT.of();
    }
    ApiError consumers = refusalOfConsumers(account, config);
    return consumers == null && withBytes
        ? refusalOfBytes(account, config, config.maxBytes(), reservedByOthers(account, config))
        : consumers;
  }

  /** What forbids to change a stream's configuration, or null. */
  static @Nullable ApiError refusalOfChange(
      JetStreamAccount account, StreamConfig before, StreamConfig after) {
    long more = Math.max(0, Resources.reservation(after) - Resources.reservation(before));
    long kept = Math.max(0, after.maxBytes() - more);
    ApiError consumers = refusalOfConsumers(account, after);
    return consumers == null
        ? refusalOfBytes(account, after, more, reservedByOthers(account, after) + kept)
        : consumers;
  }

  /** What the limit of one stream's max_bytes says to a configuration, or null. */
  static @Nullable ApiError refusalOfMaxBytes(AccountLimits limits, StreamConfig config) {
    if (limits.maxBytesRequired() && config.maxBytes() <= 0) {
      return ApiErrors.STREAM_MAX_BYTES_REQUIRED.of();
    }
    long most =
        StreamRules.isMemory(config)
            ? limits.memoryMaxStreamBytes()
            : limits.storageMaxStreamBytes();
    return most > 0 && config.maxBytes() > most
        ? ApiErrors.STREAM_MAX_STREAM_BYTES_EXCEEDED.of()
        : null;
  }

  private static long reservedByOthers(JetStreamAccount account, StreamConfig config) {
    long reserved = account.resources().of(config.storage()).reserved();
    StreamConfig existing = account.configOf(config.name());
    return existing != null && existing.storage() == config.storage()
        ? reserved - Resources.reservation(existing)
        : reserved;
  }

  private static @Nullable ApiError refusalOfConsumers(
      JetStreamAccount account, StreamConfig config) {
    int most = account.limits().maxConsumers();
    return most > 0 && config.maxConsumers() > most ? ApiErrors.MAXIMUM_CONSUMERS_LIMIT.of() : null;
  }

  private static @Nullable ApiError refusalOfBytes(
      JetStreamAccount account, StreamConfig config, long bytes, long reserved) {
    long more = bytes < 0 ? 1 : bytes;
    StorageUsage ofServer = account.ofServer().of(config.storage());
    boolean fits =
        fits(more, reserved, account.resources().of(config.storage()).limit())
            && fits(more, ofServer.reserved(), ofServer.limit());
    if (fits) {
      return null;
    }
    return StreamRules.isMemory(config)
        ? ApiErrors.MEMORY_RESOURCES_EXCEEDED.of()
        : ApiErrors.STORAGE_RESOURCES_EXCEEDED.of();
  }

  private static boolean fits(long more, long reserved, long limit) {
    return limit < 0 || reserved <= limit && more <= limit - reserved;
  }
}
