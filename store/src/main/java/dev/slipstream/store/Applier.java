// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/**
 * What a loop does with its records once they are durable: the engine implements it, its appender
 * calls it on the loop.
 */
public interface Applier {

  /**
   * One record, in the order of appending.
   *
   * @param attachment what {@link LogAppender#end} was given
   */
  void apply(LogRecord record, @Nullable Object attachment);

  /** What is applied in this turn was applied. */
  void commitApplied();

  /**
   * Nothing will become durable any more; what was appended and not applied never will be. Called
   * once.
   */
  void failed(StoreException cause);

  /**
   * One record that never becomes durable: after {@link #failed} each that was appended and not
   * applied, in order, and later each when it is appended.
   */
  default void dropped(LogRecord record, @Nullable Object attachment) {}
}
