// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.StreamStore;
import java.time.Instant;
import java.util.List;

/** Where a new consumer begins in its stream. Source: ADR-15, "deliver policy". */
final class ConsumerStart {

  /** So many of the last messages are asked themselves before their subjects are. */
  private static final int NEAR = 4096;

  private ConsumerStart() {}

  /** The first stream sequence that the consumer looks at. */
  static long seq(ConsumerConfig config, StreamStore store) {
    long first = store.firstSeq();
    long last = store.lastSeq();
    if (config.optStartSeq() != 0) {
      return Math.max(1, Math.max(config.optStartSeq(), first));
    }
    if (first == 0) {
      return 1;
    }
    long wanted =
        switch (config.deliverPolicy()) {
          case ALL -> first;
          case LAST -> lastMatching(config.filters(), store);
          case LAST_PER_SUBJECT ->
              store.subjects().size() == 0 || !anyMatching(config.filters(), store) ? last : first;
          case BY_START_TIME -> {
            Instant time = config.optStartTime();
            yield time == null ? last + 1 : store.seqFrom(Clock.epochNanos(time));
          }
          case NEW, BY_START_SEQUENCE -> last + 1;
        };
    return Math.max(Math.min(wanted, last + 1), first);
  }

  private static boolean anyMatching(List<String> filters, StreamStore store) {
    return lastMatching(filters, store) != 0;
  }

  private static long lastMatching(List<String> filters, StreamStore store) {
    if (filters.isEmpty()) {
      return store.lastSeq();
    }
    FilterMatch match = new FilterMatch(filters, store.subjects());
    long last = store.lastSeq();
    last = store.previous(last, Math.max(1, last - NEAR), match);
    if (last != 0) {
      return last;
    }
    for (String filter : filters) {
      last = Math.max(last, store.subjects().last(Subject.bytes(filter)));
    }
    return last;
  }
}
