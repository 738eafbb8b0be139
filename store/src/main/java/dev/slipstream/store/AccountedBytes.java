// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * The bytes that messages count for in a stream's limits and state: subject, headers, payload, and
 * what the public server's records have beside them.
 */
final class AccountedBytes {
  private static final int FILE_BYTES = 30;
  private static final int FILE_BYTES_WITH_HEADERS = 34;
  private static final int MEMORY_BYTES = 16;

  private final int fixed;
  private final int fixedWithHeaders;

  AccountedBytes(boolean inMemory) {
    fixed = inMemory ? MEMORY_BYTES : FILE_BYTES;
    fixedWithHeaders = inMemory ? MEMORY_BYTES : FILE_BYTES_WITH_HEADERS;
  }

  /** Those of one message. */
  int of(Block block, int index) {
    return block.contentBytes(index) + (block.hasHeaders(index) ? fixedWithHeaders : fixed);
  }

  /** Those of the messages that live in a block that was read. */
  long of(Block block, BlockContents contents) {
    if (block.live == block.count()) {
      long headers = (long) (fixedWithHeaders - fixed) * block.entries().withHeaders();
      return contents.contentBytes + (long) fixed * block.live + headers;
    }
    long sum = 0;
    for (int i = block.nextLive(0); i < block.count(); i = block.nextLive(i + 1)) {
      sum += of(block, i);
    }
    return sum;
  }
}
