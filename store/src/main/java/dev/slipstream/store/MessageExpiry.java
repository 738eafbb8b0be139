// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * When the messages of a stream that have an age limit of their own are too old.
 *
 * <p>Blocks are sorted by the first moment at which one of their messages may be; a block is looked
 * through when that has come, and costs nothing before. Owner: the stream's loop. Source: ADR-43.
 */
public final class MessageExpiry {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private static final Comparator<Block> BY_NEXT_EXPIRY =
      Comparator.comparingLong((Block block) -> block.nextExpiryNanos)
          .thenComparingLong(block -> block.firstSeq);

  private final TreeSet<Block> blocks = new TreeSet<>(BY_NEXT_EXPIRY);
  private long neverTooOld;

  MessageExpiry() {}

  /** A message was appended to a block, or is in one that was restored or copied. */
  void added(Block block, int index) {
    int ttlSeconds = block.entries().ttlSeconds(index);
    if (ttlSeconds == MessageCodec.NO_TTL) {
      return;
    }
    if (ttlSeconds < 0) {
      neverTooOld++;
    } else {
      atLatest(block, expiryNanos(block, index));
    }
  }

  /** A block with messages joined the stream. */
  void joined(Block block) {
    if (!block.entries().hasNoTtl()) {
      for (int i = block.nextLive(0); i < block.count(); i = block.nextLive(i + 1)) {
        added(block, i);
      }
    }
  }

  /** A message of a block is about to be removed. */
  void removed(Block block, int index) {
    if (block.entries().ttlSeconds(index) < 0) {
      neverTooOld--;
    }
  }

  /** A block is no part of the stream any more; what lived in it is in others. */
  void left(Block block) {
    blocks.remove(block);
    block.nextExpiryNanos = Long.MAX_VALUE;
  }

  /** A block whose messages join again, in another one. */
  void moved(Block block) {
    left(block);
    if (!block.entries().hasNoTtl()) {
      for (int i = block.nextLive(0); i < block.count(); i = block.nextLive(i + 1)) {
        removed(block, i);
      }
    }
  }

  /** All messages are removed. */
  void clear() {
    blocks.forEach(block -> block.nextExpiryNanos = Long.MAX_VALUE);
    blocks.clear();
    neverTooOld = 0;
  }

  /** How many messages are never too old, whatever the stream's maximum age. */
  public long neverTooOld() {
    return neverTooOld;
  }

  /**
   * When a message may be too old next, in nanoseconds since the epoch; {@link Long#MAX_VALUE} when
   * none has a limit of its own.
   */
  public long nextNanos() {
    return blocks.isEmpty() ? Long.MAX_VALUE : blocks.first().nextExpiryNanos;
  }

  /**
   * The sequences of at most {@code most} messages that are too old, which the caller removes.
   * Looks through the blocks that may have such ones only.
   */
  public List<Long> due(long nowEpochNanos, int most) {
    List<Long> found = new ArrayList<>();
    while (found.size() < most && nextNanos() <= nowEpochNanos) {
      Block block = blocks.first();
      long before = block.nextExpiryNanos;
      left(block);
      int i = block.nextLive(0);
      for (; i < block.count() && found.size() < most; i = block.nextLive(i + 1)) {
        if (block.entries().ttlSeconds(i) > 0) {
          long expiryNanos = expiryNanos(block, i);
          if (expiryNanos <= nowEpochNanos) {
            found.add(block.seq(i));
          } else {
            atLatest(block, expiryNanos);
          }
        }
      }
      if (i < block.count()) {
        atLatest(block, before); // it was not looked through
      }
    }
    return found;
  }

  private void atLatest(Block block, long epochNanos) {
    if (epochNanos < block.nextExpiryNanos) {
      blocks.remove(block);
      block.nextExpiryNanos = epochNanos;
      blocks.add(block);
    }
  }

  private static long expiryNanos(Block block, int index) {
    return block.epochNanos(index) + block.entries().ttlSeconds(index) * SECOND_NANOS;
  }
}
