// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An event loop without a thread of its own: it takes one of an executor while there is something
 * to run, so that ten thousand quiet workers cost no thread.
 *
 * <p>A turn is at most {@value #COMMANDS_A_TURN} commands; then others get the thread. The queue
 * has no bound of its own: a worker has one message under way, a supervisor a few commands a child.
 */
final class SerialLoop implements EventLoop, Runnable {
  private static final System.Logger LOG = System.getLogger(SerialLoop.class.getName());
  private static final int COMMANDS_A_TURN = 64;

  /** Turns behind one another for which it looked out, before others get the thread. */
  private static final int TURNS_A_THREAD = 256;

  private final Executor executor;
  private final ScheduledExecutorService timers;
  private final Clock clock;
  private final @Nullable Lookout lookout;
  private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final InterruptGate gate = new InterruptGate();
  private final ArrayDeque<Runnable> turnEnd = new ArrayDeque<>();

  /** Of the thread that runs a turn. */
  private long turnEndedNanos = Long.MIN_VALUE / 2;

  /** The executor takes nothing any more. */
  private volatile boolean ended;

  SerialLoop(Executor executor, ScheduledExecutorService timers, Clock clock) {
    this(executor, timers, clock, null);
  }

  /**
   * @param lookout lets it look for its next command before it gives its thread back; null for none
   */
  SerialLoop(
      Executor executor, ScheduledExecutorService timers, Clock clock, @Nullable Lookout lookout) {
    this.lookout = lookout;
    this.executor = executor;
    this.timers = timers;
    this.clock = clock;
  }

  @Override
  public boolean offer(Runnable command) {
    if (ended) {
      return false;
    }
    commands.add(command);
    return scheduled.get() || !scheduled.compareAndSet(false, true) || submit();
  }

  @Override
  public void execute(Runnable command) {
    if (!offer(command)) {
      throw new IllegalStateException("the workers are closed");
    }
  }

  /** The same for whoever runs tasks on executors: refuses what it cannot run. */
  Executor asExecutor() {
    return task -> {
      if (!offer(task)) {
        throw new RejectedExecutionException("the workers are closed");
      }
    };
  }

  private boolean submit() {
    try {
      executor.execute(this);
      return true;
    } catch (RejectedExecutionException closed) {
      ended = true;
      commands.clear();
      return false;
    }
  }

  @Override
  public boolean inLoop() {
    return gate.isHere();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    Deadline deadline = new Deadline(task);
    try {
      deadline.future =
          timers.schedule(
              () -> {
                boolean taken = offer(deadline);
                assert taken || timers.isShutdown();
              },
              Math.max(0, delayNanos),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      deadline.cancelled = true;
    }
    return deadline;
  }

  @Override
  public void atTurnEnd(Runnable task) {
    assertOwner();
    turnEnd.add(task);
  }

  @Override
  public Clock clock() {
    return clock;
  }

  /** Interrupts what runs, if something does. Any thread. */
  void interrupt() {
    gate.interrupt();
  }

  @Override
  public void run() {
    Lookout looks = lookout != null && lookout.isSoonAfter(turnEndedNanos) ? lookout : null;
    int turns = 0;
    do {
      turn();
      if (hasCommands()) {
        submit();
        return;
      }
      turns++;
    } while (looks != null && turns < TURNS_A_THREAD && looks.finds(this::hasCommands));
    scheduled.set(false);
    if (hasCommands() && scheduled.compareAndSet(false, true)) {
      submit();
    }
  }

  private boolean hasCommands() {
    return !commands.isEmpty();
  }

  private void turn() {
    gate.enter();
    for (int i = 0; i < COMMANDS_A_TURN; i++) {
      Runnable command = commands.poll();
      if (command == null) {
        break;
      }
      guarded(command);
    }
    for (Runnable task = turnEnd.poll(); task != null; task = turnEnd.poll()) {
      guarded(task);
    }
    gate.exit();
    if (lookout != null) {
      turnEndedNanos = lookout.now();
    }
  }

  private static void guarded(Runnable command) {
    try {
      command.run();
    } catch (RuntimeException | Error bug) {
      LOG.log(System.Logger.Level.ERROR, "a command of a worker's mailbox failed", bug);
    }
  }

  /** Runs on the loop, unless it was cancelled there before. */
  private static final class Deadline implements Timer, Runnable {
    private final Runnable task;
    private volatile @Nullable Future<?> future;
    private boolean cancelled;

    Deadline(Runnable task) {
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
      Future<?> waiting = future;
      if (waiting != null) {
        waiting.cancel(false);
      }
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }
  }
}
