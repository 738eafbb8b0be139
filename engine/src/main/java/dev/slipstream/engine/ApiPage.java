// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.PagedRequest;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;

/**
 * The part of a list that one answer shows, from an offset on and up to a limit.
 *
 * @param all the whole list
 * @param offset how many entries are left out before; within the list
 * @param limit how many entries are shown at most
 */
record ApiPage<T>(List<T> all, int offset, int limit) {
  /** How many names an answer has at most. */
  static final int NAMES = 1024;

  /** How many descriptions an answer has at most. */
  static final int DESCRIPTIONS = 256;

  static <T> ApiPage<T> of(List<T> all, PagedRequest asked, int limit) {
    return new ApiPage<>(all, Math.min(Math.max(0, asked.offset()), all.size()), limit);
  }

  List<T> shown() {
    return all.subList(offset, Math.min(all.size(), offset + limit));
  }

  /** Writes which part it is. */
  void write(JsonWriter json) {
    json.field("total", all.size()).field("offset", offset).field("limit", limit);
  }
}
