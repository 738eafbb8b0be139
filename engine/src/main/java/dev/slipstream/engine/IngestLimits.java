// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a publish that ask how large it is and how much there is already: what the server,
 * the log and the stream's configuration let in. Owner: the stream's loop. Source: ADR-8.
 */
final class IngestLimits {
  static final int MAX_WAITING_MESSAGES = 100_000;
  static final long MAX_WAITING_BYTES = 128L << 20;

  private static final int MAX_HEADERS = 65_535;
  private static final int MAX_RECORD = 32 << 20;

  private final Stream stream;
  private final Overlay overlay;

  IngestLimits(Stream stream, Overlay overlay) {
    this.stream = stream;
    this.overlay = overlay;
  }

  /** What refuses a message because of its size, or anything at this moment; or null. */
  @Nullable ApiError refusalBySize(StreamConfig config, MessageFrame message, byte[] headers) {
    int size = headers.length + message.payloadLength();
    StoreException failure = stream.shard.failure();
    if (failure != null && !stream.isMemory()) {
      return ApiErrors.STREAM_STORE_FAILED.of(String.valueOf(failure.getMessage()));
    }
    if (!stream.isMemory() && stream.shard.isStoreFull()) {
      return ApiErrors.STORAGE_RESOURCES_EXCEEDED.of();
    }
    if (overlay.messages() >= MAX_WAITING_MESSAGES || overlay.bytes() >= MAX_WAITING_BYTES) {
      return ApiErrors.STREAM_TOO_MANY_REQUESTS.of();
    }
    if (size > MAX_RECORD && !stream.isMemory()) {
      return ApiErrors.STREAM_STORE_FAILED.of("message too large");
    }
    if (config.sealed()) {
      return ApiErrors.STREAM_SEALED.of();
    }
    if (config.maxMsgSize() >= 0 && size > config.maxMsgSize()) {
      return ApiErrors.STREAM_MESSAGE_EXCEEDS_MAXIMUM.of();
    }
    return headers.length > MAX_HEADERS ? ApiErrors.STREAM_HEADER_EXCEEDS_MAXIMUM.of() : null;
  }

  /**
   * What refuses a message because of how much the server and the account hold, and behind that, in
   * the order of the public server, because of its time to live; or null.
   */
  @Nullable ApiError refusalByUsage(MessageFrame message, byte[] headers, int ttlSeconds) {
    if (stream.usage.isServerFull()) {
      return ApiErrors.INSUFFICIENT_RESOURCES.of();
    }
    boolean full = stream.usage.isAccountFull(message, headers);
    if (!full && ttlSeconds != MessageTtl.INVALID || !stream.interest.wants(message)) {
      return null; // what nobody wants takes a sequence, and no room
    }
    return full ? ApiErrors.ACCOUNT_RESOURCES_EXCEEDED.of() : ApiErrors.MESSAGE_TTL_INVALID.of();
  }

  /** What refuses a message because of how much the stream holds, or null. */
  @Nullable ApiError refusalByLimits(StreamConfig config, MessageFrame message, byte[] headers) {
    int id = stream.store.subjects().idOf(message.line, message.subjectStart, message.subjectEnd);
    long ofSubject = id < 0 ? 0 : stream.store.subjects().count(id);
    boolean replaces = config.maxMsgsPerSubject() > 0 && ofSubject >= config.maxMsgsPerSubject();
    if (replaces && config.discardNewPerSubject()) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum messages per subject exceeded");
    }
    if (config.discardNewPerSubject() && !overlay.isEmpty()) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum messages per subject exceeded"); // held
    }
    if (config.maxMsgs() > 0
        && stream.store.messages() + overlay.messages() >= config.maxMsgs()
        && !replaces) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum messages exceeded");
    }
    int subject = message.subjectEnd - message.subjectStart;
    long size = stream.usage.accounted(subject, headers.length, message.payloadLength());
    long freed = replaces ? stream.store.size(stream.store.subjects().first(id)) : 0;
    long room = 34L * overlay.messages() + overlay.bytes();
    if (config.maxBytes() > 0 && stream.store.bytes() + room + size - freed > config.maxBytes()) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum bytes exceeded");
    }
    return null;
  }

  /** What refuses a batch of so many bytes because of how much the server and the account hold. */
  @Nullable ApiError refusalByUsage(long bytes) {
    if (stream.usage.isServerFull()) {
      return ApiErrors.INSUFFICIENT_RESOURCES.of();
    }
    return stream.usage.isAccountFull(bytes) ? ApiErrors.ACCOUNT_RESOURCES_EXCEEDED.of() : null;
  }

  /**
   * What refuses a batch because of how much the stream holds, or null.
   *
   * @param last its last message so far
   * @param ofSubject how many of its messages have that one's subject; 0 if that limit does not
   *     apply
   * @param messages how many it has so far, of {@code bytes} together
   */
  @Nullable ApiError refusalOfBatch(
      StreamConfig config, MessageFrame last, int ofSubject, int messages, long bytes) {
    if (config.maxMsgs() > 0
        && stream.store.messages() + overlay.messages() + messages > config.maxMsgs()) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum messages exceeded");
    }
    long room = 34L * overlay.messages() + overlay.bytes();
    if (config.maxBytes() > 0 && stream.store.bytes() + room + bytes > config.maxBytes()) {
      return ApiErrors.STREAM_STORE_FAILED.of("maximum bytes exceeded");
    }
    if (!config.discardNewPerSubject() || config.maxMsgsPerSubject() <= 0 || ofSubject == 0) {
      return null;
    }
    int id = stream.store.subjects().idOf(last.line, last.subjectStart, last.subjectEnd);
    long there = id < 0 ? 0 : stream.store.subjects().count(id);
    return there + ofSubject > config.maxMsgsPerSubject()
        ? ApiErrors.STREAM_STORE_FAILED.of("maximum messages per subject exceeded")
        : null;
  }
}
