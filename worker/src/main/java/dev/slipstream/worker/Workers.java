// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.base.Clock;
import dev.slipstream.base.EventLoop;
import dev.slipstream.client.NatsClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
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

  /** What was started here and runs, oldest first. Owner: the control loop. */
  private final Set<Life> roots = new LinkedHashSet<>();

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
    control = new SerialLoop(controlThread, controlThread, clock);
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
    return refOf(startRoot(spec));
  }

  /**
   * Starts a supervisor; returns when all its children have started.
   *
   * @throws StartFailedException when one of them does not; those before it are stopped again
   */
  public Supervisor start(SupervisorSpec spec) {
    WorkerRef ref = start(ChildSpec.of(Supervisor.class.getName(), spec));
    if (ref instanceof Supervisor supervisor) {
      return supervisor;
    }
    throw new IllegalStateException("not a supervisor: " + ref);
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
   * and ends the threads.
   */
  @Override
  public void close() {
    if (this == Shared.WORKERS) {
      throw new IllegalStateException("the shared workers live as long as the process");
    }
    if (closed) {
      return;
    }
    List<Life> living = await(onControl(() -> List.copyOf(roots)));
    closed = true;
    List<Life> newestFirst = new ArrayList<>(living);
    Collections.reverse(newestFirst);
    newestFirst.forEach(this::stop);
    controlThread.shutdown();
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
    }
  }

  private Life startRoot(ChildSpec spec) {
    refuseToWaitOnControl();
    if (closed) {
      throw new IllegalStateException("the workers are closed");
    }
    Life life = await(beginRoot(spec));
    try {
      return awaitStart(life);
    } catch (IllegalStateException interrupted) {
      control.offer(life::kill);
      throw interrupted;
    }
  }

  private static Life awaitStart(Life life) {
    if (await(life.started()) == Child.Started.IGNORED) {
      await(life.stopped());
    }
    return life;
  }

  /** Begins a life outside of any supervisor; waits for nothing. */
  CompletableFuture<Life> beginRoot(ChildSpec spec) {
    return onControl(
        () -> {
          Life begun = launch(spec, null);
          roots.add(begun);
          begun.stopped().whenComplete((reason, never) -> control.offer(() -> roots.remove(begun)));
          return begun;
        });
  }

  private <T> CompletableFuture<T> onControl(Supplier<T> command) {
    CompletableFuture<T> done = new CompletableFuture<>();
    control.execute(() -> done.complete(command.get()));
    return done;
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    } catch (ExecutionException e) {
      // the trace of the caller is what helps
      if (e.getCause() instanceof StartFailedException failure) {
        throw new StartFailedException(failure.id(), failure.reason());
      }
      if (e.getCause() instanceof ChildRefusedException refusal) {
        throw refusal.here();
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Begins a life of a child that stops with {@code owner}; on the control loop. */
  private Life launch(ChildSpec spec, @Nullable Life owner) {
    control.assertOwner();
    Life life =
        Life.begin(spec, owner, names, control, () -> spec.starter().start(this, spec.id()));
    if (watch.isOn()) {
      watch.began(life, refOf(life));
    }
    return life;
  }

  /** Begins a supervisor. */
  SupervisorProcess supervise(String id, SupervisorSpec spec) {
    Life itself = CurrentLife.get();
    return new SupervisorProcess(id, spec, control, child -> launch(child, itself), watch).begin();
  }

  /**
   * Has a supervisor do something with a child and waits for it, unless the child is to stop and it
   * is its own callback that asks.
   *
   * @return the life that was begun, or of no meaning
   */
  @Nullable Life ask(SupervisorProcess supervisor, ChildCommand command) {
    refuseToWaitOnControl();
    Life caller = CurrentLife.get();
    if (command instanceof ChildCommand.Stop stop) {
      Life target = supervisor.child(stop.id());
      if (target != null && target.contains(caller)) {
        supervisor.ask(new ChildCommand.Asked(command, null));
        return null;
      }
    }
    ChildCommand.Asked asked = new ChildCommand.Asked(command, caller);
    supervisor.ask(asked);
    try {
      Life begun = await(asked.done()).life();
      return begun == null ? null : awaitStart(begun);
    } catch (IllegalStateException interrupted) {
      supervisor.withdraw(asked);
      throw interrupted;
    }
  }

  private void refuseToWaitOnControl() {
    if (control.inLoop()) {
      throw new IllegalStateException("the thread of the supervisors must not wait");
    }
  }

  /** Stops a life and waits for it, unless it is its own callback that asks. */
  void stop(Life life) {
    if (life.child() instanceof PullProcess<?, ?> process && process.runsHere()) {
      process.stop(); // at once: what calls is its last message
    }
    boolean waits = !control.inLoop() && !life.contains(CurrentLife.get());
    if (!control.offer(life::stopInTime) || !waits) {
      return;
    }
    try {
      life.stopped().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
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
    return new SerialLoop(callbacks, controlThread, clock);
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
