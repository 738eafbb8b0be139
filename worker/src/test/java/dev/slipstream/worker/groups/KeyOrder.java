// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Notes which numbers were handled of which key and by whom: of each key the numbers have to come
 * one after another, and never two at a time; one may come again before the next.
 *
 * <p>Thread-safe.
 */
final class KeyOrder {
  private final ConcurrentMap<String, AtomicInteger> last = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> present = new ConcurrentHashMap<>();
  private final Set<String> handlers = ConcurrentHashMap.newKeySet();
  private final List<String> again = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();

  /** A handler that notes under a name and acknowledges. */
  GroupHandler handler(String who) {
    return handler(who, message -> {});
  }

  /** The same; {@code work} runs before the acknowledgement. */
  GroupHandler handler(String who, GroupHandler work) {
    GroupHandler noting = noting(who, work);
    return message -> {
      noting.onMessage(message);
      message.ack();
    };
  }

  /** The same without an acknowledgement. */
  GroupHandler noting(String who, GroupHandler work) {
    return message -> {
      String key = message.subject();
      String other = present.putIfAbsent(key, who);
      if (other != null) {
        faults.add(key + " is with " + other + " and with " + who);
      }
      try {
        note(who, key, message);
        work.onMessage(message);
      } finally {
        present.remove(key, who);
      }
    };
  }

  private void note(String who, String key, GroupMessage message) {
    handlers.add(who);
    int number = Integer.parseInt(message.text());
    int before = last.computeIfAbsent(key, unused -> new AtomicInteger()).getAndSet(number);
    if (number == before) {
      again.add(key + ": " + number + " with " + who + ", " + message.info());
    } else if (number != before + 1) {
      faults.add(key + ": " + number + " with " + who + " behind " + before);
    }
  }

  /** Returns when each of so many keys has come to a number. */
  void await(int keys, int number, Duration limit) {
    Eventually.holds(
        limit,
        () -> last + " " + faults,
        () ->
            !faults.isEmpty()
                || last.size() == keys
                    && last.values().stream().allMatch(each -> each.get() >= number));
  }

  /** What was handled once more. */
  List<String> again() {
    return new ArrayList<>(again);
  }

  int handled(String key) {
    AtomicInteger number = last.get(key);
    return number == null ? 0 : number.get();
  }

  Set<String> handlers() {
    return Set.copyOf(handlers);
  }

  List<String> faults() {
    return new ArrayList<>(faults);
  }
}
