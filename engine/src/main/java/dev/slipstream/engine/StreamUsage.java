// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;

/**
 * What a stream adds to the usage of its account and of the server: the bytes that it stores, those
 * of messages that are in the log and not stored yet, and its consumers.
 *
 * <p>Counts nothing before {@link #start} and after {@link #close}. Owner: the stream's loop.
 */
final class StreamUsage {
  private static final int MEMORY_OVERHEAD = 16;
  private static final int FILE_OVERHEAD = 30;
  private static final int FILE_OVERHEAD_WITH_HEADERS = 34;

  private final Stream stream;
  private final StorageUsage ofAccount;
  private final StorageUsage ofServer;
  private final int loop;
  private boolean counts;
  private long underWay;
  private long counted;
  private int countedConsumers;

  StreamUsage(Stream stream) {
    this.stream = stream;
    loop = stream.shard.index;
    ofAccount = stream.account.resources().of(stream.config().storage());
    ofServer = stream.account.ofServer().of(stream.config().storage());
  }

  /** Bytes that a message of this size takes, as they are accounted. */
  long accounted(int subject, int headers, int payload) {
    int overhead = headers > 0 ? FILE_OVERHEAD_WITH_HEADERS : FILE_OVERHEAD;
    return (long) subject + headers + payload + (stream.isMemory() ? MEMORY_OVERHEAD : overhead);
  }

  /** Whether the server keeps more than it may already. */
  boolean isServerFull() {
    return ofServer.wouldExceed(loop, 0);
  }

  /** Whether the account may not keep this message besides what it keeps. */
  boolean isAccountFull(MessageFrame message, byte[] headers) {
    return ofAccount.limit() >= 0 && isAccountFull(accounted(message, headers));
  }

  /** Whether the account may not keep so many bytes besides what it keeps. */
  boolean isAccountFull(long bytes) {
    return ofAccount.wouldExceed(loop, bytes);
  }

  private long accounted(MessageFrame message, byte[] headers) {
    int subject = message.subjectEnd - message.subjectStart;
    return accounted(subject, headers.length, message.payloadLength());
  }

  /** Begins to count. */
  void start() {
    counts = true;
    settle();
    consumers(stream.consumers.size());
  }

  /** A message goes into the log. */
  void accepted(MessageFrame message, byte[] headers) {
    underWay += accounted(message, headers);
    settle();
  }

  /** A message came out of the log, and is stored. */
  void applied(StoredMessage message) {
    int headers = message.payloadFrom - message.headersFrom;
    underWay -= accounted(message.contentBytes() - headers, headers, 0);
    underWay = Math.max(0, underWay);
  }

  /** Nothing is under way. */
  void logFailed() {
    underWay = 0;
    settle();
  }

  /** Counts what has changed. */
  void settle() {
    long bytes = stream.store.bytes() + underWay;
    if (counts && bytes != counted) {
      ofAccount.add(loop, bytes - counted);
      ofServer.add(loop, bytes - counted);
      counted = bytes;
    }
  }

  /** The stream has so many consumers. */
  void consumers(int now) {
    if (counts) {
      stream.account.countConsumers(now - countedConsumers);
      countedConsumers = now;
    }
  }

  /** Counts no more, and takes back what was counted. */
  void close() {
    if (counts) {
      consumers(0);
      counts = false;
      ofAccount.add(loop, -counted);
      ofServer.add(loop, -counted);
    }
  }
}
