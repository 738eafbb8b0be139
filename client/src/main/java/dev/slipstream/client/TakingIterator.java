// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Iterates over messages of a stream that are waited for one by one. For one thread. */
final class TakingIterator extends WaitingIterator<JsMessage> {

  /** Takes from {@code source}, which waits and gives null when there are no more. */
  TakingIterator(Supplier<@Nullable JsMessage> source) {
    super(source);
  }
}
