// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The arrays of full blocks, used again when a block leaves memory: a collector that has to copy
 * and to clear away a stream that is read from disk stops the loops for a tenth of a second each
 * time.
 *
 * <p>An array may be given back when neither the storage worker nor anybody on the loop looks at it
 * any more. Owner: the loop.
 */
final class BlockBuffers {
  private static final int MOST_SPARE = 64;

  private final int blockBytes;
  private final ArrayDeque<byte[]> spare = new ArrayDeque<>();

  /**
   * No arrays yet.
   *
   * @param blockBytes the size of those that are kept
   */
  BlockBuffers(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** An array of at least {@code bytes} bytes, in which anything may stand. */
  byte[] take(int bytes) {
    if (bytes > blockBytes || bytes < blockBytes - blockBytes / 4) {
      return new byte[bytes];
    }
    byte[] kept = spare.poll();
    return kept == null ? new byte[blockBytes] : kept;
  }

  /** Nobody looks at an array any more. */
  void giveBack(byte[] bytes) {
    if (bytes.length == blockBytes && spare.size() < MOST_SPARE) {
      assert overwritten(bytes) : "so that a test finds whoever still looks";
      spare.push(bytes);
    }
  }

  private static boolean overwritten(byte[] bytes) {
    Arrays.fill(bytes, (byte) 0x5a);
    return true;
  }
}
