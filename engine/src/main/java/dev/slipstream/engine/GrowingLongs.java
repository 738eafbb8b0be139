// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import java.util.Arrays;

/**
 * A column of longs that grows by pages, so that no turn of the loop copies all of it.
 *
 * <p>Small columns stay small: the first page doubles up to its full length. Values that were not
 * set are 0.
 */
final class GrowingLongs {
  /** Values of a page, as a power of two. */
  static final int PAGE_SHIFT = 10;

  private static final int PAGE = 1 << PAGE_SHIFT;
  private static final int FIRST = 16;
  private static final long[][] NO_PAGES = {};

  private long[][] pages = NO_PAGES;
  private int capacity;

  /** Makes room for {@code index}, where the column ends or before. */
  void cover(int index) {
    if (index < capacity) {
      return;
    }
    if (capacity < PAGE) {
      capacity = Math.max(FIRST, capacity * 2);
      pages =
          new long[][] {capacity == FIRST ? new long[FIRST] : Arrays.copyOf(pages[0], capacity)};
      return;
    }
    int page = index >> PAGE_SHIFT;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page * 2);
    }
    pages[page] = new long[PAGE];
    capacity += PAGE;
  }

  long get(int index) {
    return pages[index >> PAGE_SHIFT][index & PAGE - 1];
  }

  void set(int index, long value) {
    pages[index >> PAGE_SHIFT][index & PAGE - 1] = value;
  }

  /** Forgets all values and the room for them. */
  void clear() {
    pages = NO_PAGES;
    capacity = 0;
  }
}
