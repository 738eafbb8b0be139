// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a file stream hands its blocks to; called on the stream's loop. */
interface BlockKeeper {

  /** A place for a new block. */
  BlockPlace place();

  /** An array of at least {@code bytes} bytes for a block, in which anything may stand. */
  byte[] buffer(int bytes);

  /** The array of the block that takes messages is now so large. */
  void grew(Block block, int arrayBytes);

  /** The block takes no more messages: it is to be written. */
  void closed(Block block);

  /** Nothing lives in the blocks any more. */
  void released(List<Block> blocks);

  /** What lives in the block is in another one now. */
  void replaced(Block block);

  /** Messages of a full block were removed, and others live. */
  void thinned(Block block);

  /**
   * The bytes are wanted; {@code whenLoaded} runs on the loop when they are there or never come.
   */
  void load(Block block, @Nullable Runnable whenLoaded);

  /** Runs a part of long work in the loop's next turn, so that others get the loop in between. */
  void nextTurn(Runnable part);

  /** Whether blocks that take no more messages from now on are compressed on disk. */
  void compress(boolean on);
}
