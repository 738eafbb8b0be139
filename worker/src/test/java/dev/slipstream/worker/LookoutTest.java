// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a mailbox keeps its thread for what comes next; each look at the clock takes 1 µs. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LookoutTest {
  private final ScheduledExecutorService timers = WorkerThreads.control();
  private final ArrayDeque<Runnable> threads = new ArrayDeque<>();
  private final TickingClock clock = new TickingClock();
  private final Lookout lookout = new Lookout(clock);
  private final SerialLoop loop = new SerialLoop(threads::add, timers, clock, lookout);
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void end() {
    timers.shutdownNow();
  }

  @Test
  void whatComesInQuickSuccessionKeepsItsThread() {
    command("first");
    runOne();
    command("second");
    clock.at(40, () -> command("third"));
    clock.at(90, () -> command("fourth"));
    runOne(); // begun soon after the first, it looks for more
    assertThat(done).containsExactly("first", "second", "third", "fourth");
    assertThat(threads).isEmpty();
  }

  @Test
  void itGivesUpWhenNothingComes() {
    command("first");
    runOne();
    command("second");
    runOne();
    long micros = clock.micros;
    command("third");
    assertThat(threads).as("a thread is taken again").hasSize(1);
    assertThat(micros).isBetween(150L, 170L);
  }

  @Test
  void whoseMessagesAreFarApartDoesNotLook() {
    command("first");
    runOne();
    clock.micros += 10_000;
    command("second");
    long before = clock.micros;
    runOne();
    assertThat(clock.micros - before).isLessThan(5);
  }

  @Test
  void oneAtATimeLooks() {
    SerialLoop other = new SerialLoop(threads::add, timers, clock, lookout);
    command("first");
    runOne();
    other.execute(() -> done.add("of the other"));
    runOne();
    other.execute(() -> done.add("of the other again"));
    command("second");
    clock.at(20, this::runOne); // the other, while this one looks
    runOne();
    assertThat(done).endsWith("second", "of the other again").hasSize(4);
    assertThat(threads).isEmpty();
  }

  private void command(String name) {
    loop.execute(() -> done.add(name));
  }

  /** Runs what was handed to the executor last. */
  private void runOne() {
    threads.removeLast().run();
  }

  /** Goes on by a microsecond each time it is looked at. */
  private static final class TickingClock implements Clock {
    long micros;
    private final List<Event> events = new ArrayList<>();

    private record Event(long micros, Runnable what) {}

    /** Has something happen so many microseconds from now. */
    void at(long delayMicros, Runnable what) {
      events.add(new Event(micros + delayMicros, what));
    }

    @Override
    public long nanos() {
      micros++;
      for (Event event : List.copyOf(events)) {
        if (event.micros <= micros && events.remove(event)) {
          event.what.run();
        }
      }
      return micros * 1000;
    }

    @Override
    public long epochNanos() {
      return nanos();
    }
  }
}
