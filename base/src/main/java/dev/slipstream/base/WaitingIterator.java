// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Iterates over what is waited for one by one: {@code hasNext} waits. For one thread. */
public final class WaitingIterator<T> implements Iterator<T> {
  private final Supplier<@Nullable T> source;
  private @Nullable T next;

  /** Takes from {@code source}, which waits and gives null when there are no more. */
  public WaitingIterator(Supplier<@Nullable T> source) {
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
  public T next() {
    T element = hasNext() ? next : null;
    next = null;
    if (element == null) {
      throw new NoSuchElementException();
    }
    return element;
  }

  /** What is left, as a stream in order. */
  public Stream<T> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
