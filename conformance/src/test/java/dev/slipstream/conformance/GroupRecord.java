// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.Eventually;
import dev.slipstream.worker.groups.GroupHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Which numbers were handled of which key, when and by whom, in this process and others: of each
 * key they have to come one after another, though one may come again before the next.
 *
 * <p>Thread-safe.
 */
final class GroupRecord {
  private final ConcurrentLinkedQueue<Handled> all = new ConcurrentLinkedQueue<>();

  /** One message that was handled. */
  private record Handled(String who, long epochNanos, String key, int number) {}

  void add(String who, long epochNanos, String key, int number) {
    all.add(new Handled(who, epochNanos, key, number));
  }

  /** A handler of this process. */
  GroupHandler handler(String who) {
    return message -> {
      Instant now = Instant.now();
      long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
      add(who, nanos, message.subject(), Integer.parseInt(message.text()));
      message.ack();
    };
  }

  /** Returns when each of so many keys has come to a number. */
  void await(int keys, int number, Duration limit) {
    Eventually.holds(
        limit,
        this::last,
        () -> {
          Map<String, Integer> last = last();
          return last.size() == keys && last.values().stream().allMatch(each -> each >= number);
        });
  }

  private Map<String, Integer> last() {
    Map<String, Integer> last = new HashMap<>();
    all.forEach(each -> last.merge(each.key(), each.number(), Math::max));
    return last;
  }

  Set<String> handlers() {
    return all.stream().map(Handled::who).collect(Collectors.toSet());
  }

  /** What is not in order, by the times. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    Map<String, Integer> last = new HashMap<>();
    all.stream()
        .sorted(Comparator.comparingLong(Handled::epochNanos))
        .forEach(
            each -> {
              int before = last.getOrDefault(each.key(), 0);
              if (each.number() != before && each.number() != before + 1) {
                faults.add(each + " behind " + before);
              }
              last.put(each.key(), each.number());
            });
    return faults;
  }

  /** How many messages were handled more than once. */
  long again() {
    return all.size()
        - all.stream().map(each -> each.key() + " " + each.number()).distinct().count();
  }
}
