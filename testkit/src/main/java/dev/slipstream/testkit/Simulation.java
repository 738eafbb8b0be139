// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All loops of a system on one thread in virtual time, in an order that a seed decides.
 *
 * <p>Commands of one loop keep their order; which loop takes the next turn is random. When nothing
 * is ready, time jumps to the next timer. Owner: the thread of the test.
 */
public final class Simulation {
  private final ManualClock clock = new ManualClock();
  private final RandomGenerator random;
  private final List<Loop> loops = new ArrayList<>();
  private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>();
  private long deadlinesMade;
  private @Nullable Loop running;

  /** A simulation whose choices come from {@code random}. */
  public Simulation(RandomGenerator random) {
    this.random = random;
  }

  /** The clock that all loops share. */
  public ManualClock clock() {
    return clock;
  }

  /** The source of every choice; the system under test may draw from it too. */
  public RandomGenerator random() {
    return random;
  }

  /** Adds a loop. */
  public EventLoop loop(String name) {
    Loop loop = new Loop(name);
    loops.add(loop);
    return loop;
  }

  /** Forgets all that waits, as a killed process does; the loops stay usable. */
  public void kill() {
    loops.forEach(Loop::forget);
    deadlines.clear();
  }

  /** Forgets what waits on one loop, as when one of several processes is killed. */
  public void kill(EventLoop loop) {
    mine(loop).forget();
    deadlines.removeIf(deadline -> deadline.loop == loop);
  }

  /** Forgets a loop that has ended, with all that waits on it. */
  public void remove(EventLoop loop) {
    kill(loop);
    loops.remove(mine(loop));
  }

  /** How many commands wait on a loop, those of due timers and of the end of its turn included. */
  public int commands(EventLoop loop) {
    Loop asked = mine(loop);
    return asked.commands.size() + asked.turnEnd.size();
  }

  /** How many timers of a loop lie ahead and were not cancelled. */
  public long timers(EventLoop loop) {
    return deadlines.stream()
        .filter(deadline -> deadline.loop == loop && !deadline.cancelled)
        .count();
  }

  private static Loop mine(EventLoop loop) {
    if (loop instanceof Loop mine) {
      return mine;
    }
    throw new IllegalArgumentException("not a simulated loop: " + loop);
  }

  /** Runs until nothing is ready; timers that lie ahead stay. */
  public void runReady() {
    while (step()) {
      // every step is one turn of one loop
    }
  }

  /** Runs what is ready and every timer due within the next {@code nanos}; ends at that time. */
  public void runFor(long nanos) {
    long end = clock.nanos() + nanos;
    runReady();
    for (Deadline next = deadlines.peek();
        next != null && next.atNanos <= end;
        next = deadlines.peek()) {
      clock.advance(Math.max(0, next.atNanos - clock.nanos()));
      fire();
      runReady();
    }
    clock.advance(Math.max(0, end - clock.nanos())); // a pause may have gone beyond it
  }

  /**
   * What code that blocks does to everybody else: called by a task, it runs all other loops until
   * the time has passed, while the task's own loop takes no turn. Returns later when a task that
   * began meanwhile pauses for longer. Interrupts of the thread are taken back: nobody knows which
   * of several tasks that pause they are meant for, so that all ignore them.
   */
  public void pause(long nanos) {
    runFor(nanos);
  }

  /** Runs one turn of one loop that has something to do; false when none has. */
  public boolean step() {
    fire();
    int ready = 0;
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).isReady()) {
        ready++;
      }
    }
    if (ready == 0) {
      return false;
    }
    int skip = random.nextInt(ready);
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).isReady() && skip-- == 0) {
        loops.get(i).turn();
        break;
      }
    }
    return true;
  }

  private void fire() {
    for (Deadline next = deadlines.peek();
        next != null && next.atNanos <= clock.nanos();
        next = deadlines.peek()) {
      deadlines.poll();
      if (!next.cancelled) {
        next.loop.commands.add(next);
      }
    }
  }

  private final class Deadline implements EventLoop.Timer, Comparable<Deadline>, Runnable {
    private final Loop loop;
    private final long atNanos;
    private final long order = deadlinesMade++;
    private final Runnable task;
    private boolean cancelled;

    Deadline(Loop loop, long atNanos, Runnable task) {
      this.loop = loop;
      this.atNanos = atNanos;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public int compareTo(Deadline other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final class Loop implements EventLoop {
    private final String name;
    private final ArrayDeque<Runnable> commands = new ArrayDeque<>();
    private final ArrayDeque<Runnable> turnEnd = new ArrayDeque<>();
    private boolean inTurn;

    Loop(String name) {
      this.name = name;
    }

    boolean isReady() {
      return !inTurn && (!commands.isEmpty() || !turnEnd.isEmpty());
    }

    void forget() {
      commands.clear();
      turnEnd.clear();
    }

    void turn() {
      Loop before = running;
      running = this;
      inTurn = true;
      try {
        for (int most = 1 + random.nextInt(8); most > 0 && !commands.isEmpty(); most--) {
          commands.poll().run();
        }
        for (Runnable task = turnEnd.poll(); task != null; task = turnEnd.poll()) {
          task.run();
        }
      } finally {
        inTurn = false;
        running = before;
        if (before != null) {
          Thread.interrupted(); // it was meant for a task that pauses, not for what runs next
        }
      }
    }

    @Override
    public boolean offer(Runnable command) {
      commands.add(command);
      return true;
    }

    @Override
    public void execute(Runnable command) {
      commands.add(command);
    }

    @Override
    public boolean inLoop() {
      return running == this;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      Deadline deadline = new Deadline(this, clock.nanos() + Math.max(0, delayNanos), task);
      deadlines.add(deadline);
      return deadline;
    }

    @Override
    public void atTurnEnd(Runnable task) {
      turnEnd.add(task);
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
