// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Iterates over messages that are waited for one by one: {@code hasNext} waits. For one thread. */
final class TakingIterator implements Iterator<JsMessage> {
  private final Supplier<@Nullable JsMessage> source;
  private @Nullable JsMessage next;

  /** Takes from {@code source}, which waits and gives null when there are no more. */
  TakingIterator(Supplier<@Nullable JsMessage> source) {
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = source.get();
    }
    return next != null;
  }

  @Override
  public JsMessage next() {
    JsMessage message = hasNext() ? next : null;
    next = null;
    if (message == null) {
      throw new NoSuchElementException();
    }
    return message;
  }

  /** What is left, as a stream in order. */
  Stream<JsMessage> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
