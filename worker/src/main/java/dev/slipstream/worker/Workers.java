// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.client.NatsClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where workers live: the threads they share, and the names they are found by.
 *
 * <p>Thread-safe. Supervisors, connections and timers run on one control thread, which never
 * blocks. Workers have no thread of their own: {@code init}, {@code handleConnected} and {@code
 * terminate} run on virtual threads if the JDK has them, otherwise on a pool with a bound; {@code
 * handleMessage} runs where the worker's client runs handlers. Both take a thread only while there
 * is something to do.
 */
public final class Workers implements AutoCloseable {
  private static final int LEAST_THREADS = 8;
  private static final int THREADS_A_PROCESSOR = 4;

  private final Clock clock;
  private final ScheduledExecutorService controlThread;
  private final Executor callbacks;
  private final @Nullable ExecutorService ownCallbacks;
  private final SerialLoop control;
  private final Names names = new Names();
  private final WorkerWatch watch;
  private final RandomGenerator random;
  private final Lives lives;

  /** Null where threads or clock are somebody else's, or there is nothing to run on meanwhile. */
  private final @Nullable Lookout lookout;

  private volatile boolean closed;

  private Workers(Builder from) {
    clock = from.clock;
    watch = from.metrics == null ? WorkerWatch.NONE : new WorkerWatch(from.metrics, clock);
    random = from.random;
    controlThread = from.control == null ? WorkerThreads.control() : from.control;
    if (from.executor == null) {
      ExecutorService own = WorkerThreads.callbacks(from.threads);
      callbacks = own;
      ownCallbacks = own;
    } else {
      callbacks = from.executor;
      ownCallbacks = null;
    }
    boolean timePasses =
        clock == Clock.system(); // one that is set by hand would be looked at for ever
    boolean looksOut =
        ownCallbacks != null && timePasses && Runtime.getRuntime().availableProcessors() > 1;
    lookout = looksOut ? new Lookout(clock) : null;
    control = new SerialLoop(controlThread, controlThread, clock);
    lives = new Lives(this, control, names);
  }

  /** Those of the whole process; they cannot be closed. */
  public static Workers shared() {
    return Shared.WORKERS;
  }

  /** New ones with all defaults. */
  public static Workers create() {
    return builder().build();
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts a worker outside of any supervisor; returns when its {@code init} has.
   *
   * <p>One whose {@code init} does not want it to run has stopped, with {@link StopReason.Ignored}.
   *
   * @throws StartFailedException when it does not start
   */
  public <A, S> WorkerRef start(PullWorker<A, S> worker, A argument) {
    return start(ChildSpec.of(worker, argument));
  }

  /** As {@link #start(PullWorker, Object)}, without an argument. */
  public <S> WorkerRef start(PullWorker<Void, S> worker) {
    return start(ChildSpec.of(worker));
  }

  /** As {@link #start(PullWorker, Object)}, with id, name and time to stop of a specification. */
  public WorkerRef start(ChildSpec spec) {
    refuseWhenClosed();
    return refOf(lives.start(spec));
  }

  /**
   * Starts a supervisor; returns when all its children have started.
   *
   * @throws StartFailedException when one of them does not; those before it are stopped again
   */
  public Supervisor start(SupervisorSpec spec) {
    return supervisorOf(start(ChildSpec.of(Supervisor.class.getName(), spec)));
  }

  private static Supervisor supervisorOf(WorkerRef ref) {
    if (ref instanceof Supervisor supervisor) {
      return supervisor;
    }
    throw new IllegalStateException("not a supervisor: " + ref);
  }

  /**
   * Starts a worker as {@link #start(PullWorker, Object)} does, and links it to who calls.
   *
   * <p>Called by a callback of a worker, it links the two lives: when one of them stops for a
   * reason that {@linkplain StopReason#isAbnormal is abnormal} the other one stops too, for the
   * reason {@link StopReason.Linked}, which names the first and its reason; each is given its time
   * to stop. When the caller's life stops in order, the linked one does too. The caller's life has
   * not stopped before the linked one has. That the linked one stops in order means nothing to the
   * caller's life.
   *
   * <p>Called by any other thread, it links to the thread: the thread is interrupted when the
   * linked life stops for an abnormal reason, which is told to the {@link System.Logger} too. What
   * happens to the thread means nothing to the linked life. A thread of a pool ends the link with
   * {@link WorkerRef#unlink} before it goes on to something else.
   *
   * <p>A start that fails is told by the exception alone.
   *
   * @throws StartFailedException when it does not start
   * @throws IllegalStateException when the caller's life has stopped already, or lives among other
   *     workers
   */
  public <A, S> WorkerRef startLinked(PullWorker<A, S> worker, A argument) {
    return startLinked(ChildSpec.of(worker, argument));
  }

  /** As {@link #startLinked(PullWorker, Object)}, without an argument. */
  public <S> WorkerRef startLinked(PullWorker<Void, S> worker) {
    return startLinked(ChildSpec.of(worker));
  }

  /**
   * As {@link #startLinked(PullWorker, Object)}, with id, name and time to stop of a specification.
   */
  public WorkerRef startLinked(ChildSpec spec) {
    refuseWhenClosed();
    return refOf(lives.startLinked(spec));
  }

  /** As {@link #start(SupervisorSpec)}, linked as {@link #startLinked(PullWorker, Object)} says. */
  public Supervisor startLinked(SupervisorSpec spec) {
    return supervisorOf(startLinked(ChildSpec.of(Supervisor.class.getName(), spec)));
  }

  /** Who goes by {@code name} now. */
  public Optional<WorkerRef> find(String name) {
    return Optional.ofNullable(names.find(name)).map(this::refOf);
  }

  /**
   * The client of the {@linkplain ChildSpec#connection connection} that goes by {@code name} now,
   * for workers that publish or ask; empty while there is none. It may be replaced by another one,
   * so it is asked for again rather than kept. The connection closes it.
   */
  public Optional<NatsClient> connection(String name) {
    return Optional.ofNullable(names.client(name));
  }

  /** The names in use, sorted. */
  public Set<String> names() {
    return names.all();
  }

  /**
   * Stops all that was started here, the newest first, each within the time of its specification,
   * and ends the threads. Called by a callback of one of them it does not wait.
   */
  @Override
  public void close() {
    if (this == Shared.WORKERS) {
      throw new IllegalStateException("the shared workers live as long as the process");
    }
    if (closed) {
      return;
    }
    List<Life> newestFirst = new ArrayList<>(lives.roots());
    closed = true;
    Collections.reverse(newestFirst);
    Life caller = CurrentLife.get();
    if (newestFirst.stream().anyMatch(life -> life.contains(caller))) {
      WorkerThreads.run("close", () -> end(newestFirst));
    } else {
      end(newestFirst);
    }
  }

  private void end(List<Life> newestFirst) {
    newestFirst.forEach(lives::stop);
    controlThread.shutdown();
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
    }
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new IllegalStateException("the workers are closed");
    }
  }

  /** What runs here, for those that wait for it. */
  Lives lives() {
    return lives;
  }

  WorkerRef refOf(Life life) {
    return life.child() instanceof SupervisorProcess process
        ? new Supervisor(this, life, process)
        : new WorkerRef(this, life);
  }

  /** The same, completed where code of the application may run. */
  <T> CompletableFuture<T> offControl(CompletableFuture<T> internal) {
    return internal.thenApplyAsync(value -> value, callbacks);
  }

  /** The loop of supervisors and connections, where nothing blocks. */
  EventLoop control() {
    return control;
  }

  /** Where callbacks run that are not in a mailbox. */
  Executor callbacks() {
    return callbacks;
  }

  /**
   * A new event loop without a thread of its own, for something of the application's own: it takes
   * one of these workers' threads while it has something to run. Its commands may block. It ends
   * with these workers: then it takes nothing any more, and its timers are dropped.
   */
  public EventLoop newMailbox() {
    return mailbox();
  }

  /** A new mailbox for callbacks, which may block. */
  SerialLoop mailbox() {
    return new SerialLoop(callbacks, controlThread, clock, lookout);
  }

  Names registry() {
    return names;
  }

  /** Tells the metrics, if there are any. */
  WorkerWatch watch() {
    return watch;
  }

  /** The source of jitter. Owner: the control loop. */
  RandomGenerator random() {
    return random;
  }

  /** Made when it is asked for. */
  private static final class Shared {
    static final Workers WORKERS = create();
  }

  /** Collects what {@link Workers} are made from. Not thread-safe. */
  public static final class Builder {
    private int threads =
        Math.max(LEAST_THREADS, THREADS_A_PROCESSOR * Runtime.getRuntime().availableProcessors());
    private @Nullable Executor executor;
    private Clock clock = Clock.system();
    private @Nullable WorkerMetrics metrics;
    private RandomGenerator random = new SplittableRandom();
    private @Nullable ScheduledExecutorService control;

    private Builder() {}

    /**
     * How many threads callbacks share at most where there are no virtual threads; 4 a processor
     * and at least 8 by default.
     */
    public Builder threads(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("not a number of threads: " + most);
      }
      threads = most;
      return this;
    }

    /** Where callbacks run, instead of threads of their own. It is not shut down. */
    public Builder executor(Executor newExecutor) {
      executor = newExecutor;
      return this;
    }

    /** The clock that restarts are counted and handling is timed by; the machine's by default. */
    public Builder clock(Clock newClock) {
      clock = newClock;
      return this;
    }

    /** Who counts what happens here; nobody by default. */
    public Builder metrics(WorkerMetrics sink) {
      metrics = sink;
      return this;
    }

    /** The source of the connections' jitter. */
    Builder random(RandomGenerator generator) {
      random = generator;
      return this;
    }

    /** What supervisors, connections and timers run on, in order, instead of a thread. */
    Builder control(ScheduledExecutorService executor) {
      control = executor;
      return this;
    }

    /** The workers. */
    public Workers build() {
      return new Workers(this);
    }
  }
}
