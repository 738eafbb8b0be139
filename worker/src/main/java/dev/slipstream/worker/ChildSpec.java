// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ClientOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a supervisor starts, restarts and stops a child. Immutable.
 *
 * <p>Of a worker: the id is the name of its class, it is restarted always, has 5 s to stop, and no
 * name. The worker's {@link PullWorker#childSpec} may say otherwise for all, and whoever uses the
 * specification for one: {@code ChildSpec.of(worker, 1).restart(TRANSIENT).name("orders")}.
 *
 * @param id tells it from other children of its supervisor, and in logs
 * @param starter makes its lives
 * @param restart when it is started again
 * @param shutdown how long it may take to stop before it is killed; {@link #BRUTAL} or {@link
 *     #UNLIMITED} or between
 * @param name what it is found by, see {@link Workers#find}; null for no name
 */
public record ChildSpec(
    String id, Child.Starter starter, Restart restart, Duration shutdown, @Nullable String name) {
  /** It is killed at once: what it is at is interrupted. */
  public static final Duration BRUTAL = Duration.ZERO;

  /** It takes as long as it takes. */
  public static final Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

  private static final Duration DEFAULT_SHUTDOWN = Duration.ofSeconds(5);

  /** Refuses an id or name without letters and a negative time. */
  public ChildSpec {
    if (id.isBlank() || name != null && name.isBlank()) {
      throw new IllegalArgumentException("an id and a name are not blank");
    }
    if (shutdown.isNegative()) {
      throw new IllegalArgumentException("shutdown is not negative: " + shutdown);
    }
  }

  /** A worker with its argument. */
  public static <A, S> ChildSpec of(PullWorker<A, S> worker, A argument) {
    return worker.childSpec(
        of(
            worker.getClass().getName(),
            new KnownStarter(
                SupervisionTree.Kind.WORKER,
                (workers, id) -> PullProcess.begin(workers, id, worker, argument))));
  }

  /** A worker without an argument; its {@code init} is given null. */
  @SuppressWarnings("NullAway") // the only value that Void has
  public static <S> ChildSpec of(PullWorker<Void, S> worker) {
    return of(worker, (Void) null);
  }

  /** A supervisor; it is given as long as its children need to stop. */
  public static ChildSpec of(String id, SupervisorSpec supervisor) {
    Child.Starter starter =
        new KnownStarter(
            SupervisionTree.Kind.SUPERVISOR,
            (workers, given) -> workers.lives().supervise(given, supervisor));
    return of(id, starter).shutdown(UNLIMITED);
  }

  /** Something of the application's own. */
  public static ChildSpec of(String id, Child.Starter starter) {
    return new ChildSpec(id, starter, Restart.PERMANENT, DEFAULT_SHUTDOWN, null);
  }

  /**
   * A connection that workers find by {@code name}, which is its id too. It counts as started
   * before it is connected, and connects again for as long as it lives, also when the client itself
   * has given up.
   */
  public static ChildSpec connection(String name, ClientOptions options) {
    Child.Starter starter =
        new KnownStarter(
            SupervisionTree.Kind.CONNECTION,
            (workers, id) -> ConnectionProcess.begin(workers, id, options));
    return of(name, starter).name(name);
  }

  /** With another id. */
  public ChildSpec id(String newId) {
    return new ChildSpec(newId, starter, restart, shutdown, name);
  }

  /** With another rule of restarts. */
  public ChildSpec restart(Restart when) {
    return new ChildSpec(id, starter, when, shutdown, name);
  }

  /** With another time to stop. */
  public ChildSpec shutdown(Duration limit) {
    return new ChildSpec(id, starter, restart, limit, name);
  }

  /** With a name. */
  public ChildSpec name(String newName) {
    return new ChildSpec(id, starter, restart, shutdown, newName);
  }

  SupervisionTree.Kind kind() {
    return starter instanceof KnownStarter known ? known.kind() : SupervisionTree.Kind.OTHER;
  }

  long shutdownNanos() {
    return TimeUnit.NANOSECONDS.convert(shutdown);
  }

  /** What starts a child of which is known what it is. */
  private record KnownStarter(SupervisionTree.Kind kind, Child.Starter starter)
      implements Child.Starter {
    @Override
    public Child start(Workers workers, String id) throws Exception {
      return starter.start(workers, id);
    }
  }
}
