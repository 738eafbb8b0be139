// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A client's loop with a thread and a selector: it waits for sockets, commands and timers, in
 * turns.
 *
 * <p>What other threads hand over is a command in a queue without locks. The loop is woken only
 * when it sleeps, so that under load a command costs no system call. The queue has no bound of its
 * own: frames are bounded by the bytes of {@link Outbound}, other commands by the calls that wait
 * for them.
 */
final class SelectorLoop implements ClientLoop {
  private static final System.Logger LOG = System.getLogger(SelectorLoop.class.getName());

  /** Commands a turn, so that sockets and timers get theirs. */
  private static final int COMMANDS_A_TURN = 2048;

  /** Cancelled timers that may stay in the queue, however few others there are. */
  private static final int CANCELLED_KEPT = 64;

  private final Clock clock;
  private final Selector selector;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sleeping = new AtomicBoolean();
  private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>();
  private List<Runnable> turnEnd = new ArrayList<>();
  private List<Runnable> turnEndRunning = new ArrayList<>();
  private long deadlinesMade;
  private int deadlinesCancelled;
  private boolean stopping;
  private boolean turnTimed;
  private long turnNanos;
  private volatile boolean ended;

  SelectorLoop(String name, Clock clock) {
    this.clock = clock;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector", e);
    }
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public void awaitEnd(Duration limit) {
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    assertOwner();
    stopping = true;
  }

  @Override
  public SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler)
      throws IOException {
    return channel.register(selector, interest, handler);
  }

  @Override
  public boolean offer(Runnable command) {
    if (ended) {
      return false;
    }
    commands.add(command);
    if (ended && commands.remove(command)) {
      return false;
    }
    wake();
    return true;
  }

  @Override
  public boolean hasCommands() {
    return !commands.isEmpty();
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return schedule(this, delayNanos, task);
  }

  /** A timer of one of those who share this loop. */
  Timer schedule(ClientLoop whose, long delayNanos, Runnable task) {
    assertOwner();
    Deadline deadline = new Deadline(whose, clock.nanos() + Math.max(0, delayNanos), task);
    deadlines.add(deadline);
    return deadline;
  }

  /** Cancels the timers of one of those who share this loop. */
  void cancelTimers(ClientLoop whose) {
    assertOwner();
    for (Deadline each : deadlines.toArray(new Deadline[0])) {
      if (each.whose == whose) {
        each.cancel();
      }
    }
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
  public long turnNanos() {
    if (!turnTimed) {
      turnTimed = true;
      turnNanos = clock.nanos();
    }
    return turnNanos;
  }

  private void wake() {
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  private void run() {
    try {
      while (!stopping) {
        turn();
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the client's loop ends", e);
    } finally {
      ended = true;
      for (Runnable left = commands.poll(); left != null; left = commands.poll()) {
        guarded(left);
      }
      endTurn();
      closeSelector();
    }
  }

  private void turn() throws IOException {
    turnTimed = false;
    if (commands.isEmpty()) {
      sleep();
    } else {
      selector.selectNow(SelectorLoop::ready);
    }
    Runnable command = null;
    for (int i = 0; i < COMMANDS_A_TURN && (command = commands.poll()) != null; i++) {
      guarded(command);
    }
    fire();
    endTurn();
  }

  private void endTurn() {
    while (!turnEnd.isEmpty()) {
      List<Runnable> tasks = turnEnd;
      turnEnd = turnEndRunning;
      turnEndRunning = tasks;
      for (int i = 0; i < tasks.size(); i++) {
        guarded(tasks.get(i));
      }
      tasks.clear();
    }
  }

  private void sleep() throws IOException {
    long millis = millisToNextDeadline();
    sleeping.set(true);
    if (millis == 0 || !commands.isEmpty()) {
      sleeping.set(false);
      selector.selectNow(SelectorLoop::ready);
      return;
    }
    selector.select(SelectorLoop::ready, millis < 0 ? 0 : millis);
    sleeping.set(false);
  }

  /** Milliseconds to sleep, 0 when a timer is due, negative when there is none. */
  private long millisToNextDeadline() {
    Deadline next = nextDeadline();
    if (next == null) {
      return -1;
    }
    long nanos = next.atNanos - clock.nanos();
    return nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000;
  }

  private @Nullable Deadline nextDeadline() {
    Deadline next = deadlines.peek();
    while (next != null && next.cancelled) {
      deadlines.poll();
      deadlinesCancelled--;
      next = deadlines.peek();
    }
    return next;
  }

  /** Timers are cancelled by the thousand (one a fetch), long before they are due. */
  private void dropCancelled() {
    if (deadlinesCancelled > CANCELLED_KEPT && deadlinesCancelled > deadlines.size() / 2) {
      deadlines.removeIf(deadline -> deadline.cancelled);
      deadlinesCancelled = 0;
    }
  }

  private void fire() {
    Deadline next = nextDeadline();
    if (next == null) {
      return;
    }
    long now = clock.nanos();
    while (next != null && next.atNanos - now <= 0) {
      deadlines.poll();
      next.cancelled = true; // it is out of the queue: nothing is left to cancel
      guarded(next.task);
      next = nextDeadline();
    }
  }

  private static void ready(SelectionKey key) {
    if (key.isValid() && key.attachment() instanceof ReadyHandler handler) {
      guarded(() -> handler.onReady(key));
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error bug) {
      LOG.log(System.Logger.Level.ERROR, "a command of the client's loop failed", bug);
    }
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the selector", e);
    }
  }

  private final class Deadline implements Timer, Comparable<Deadline> {
    private final ClientLoop whose;
    private final long atNanos;
    private final long order = deadlinesMade++;
    private final Runnable task;
    private boolean cancelled;

    Deadline(ClientLoop whose, long atNanos, Runnable task) {
      this.whose = whose;
      this.atNanos = atNanos;
      this.task = task;
    }

    @Override
    public void cancel() {
      if (!cancelled) {
        cancelled = true;
        deadlinesCancelled++;
        dropCancelled();
      }
    }

    @Override
    public int compareTo(Deadline other) {
      int byTime = Long.compare(atNanos - other.atNanos, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
