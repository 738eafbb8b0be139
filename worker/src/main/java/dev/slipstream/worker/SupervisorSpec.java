// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a supervisor is started from: its strategy, how often it restarts, and its children in the
 * order of their start. Immutable.
 *
 * @param strategy which children are restarted together
 * @param maxRestarts how many restarts it makes within the period before it gives up; 3 by default
 * @param restartPeriod the period; 5 s by default
 * @param children the children; their ids differ
 */
public record SupervisorSpec(
    Strategy strategy, int maxRestarts, Duration restartPeriod, List<ChildSpec> children) {
  /** More restarts than this in a period cannot be asked for. */
  public static final int MOST_RESTARTS = 10_000;

  /** Refuses numbers out of range and ids that occur twice. */
  public SupervisorSpec {
    children = List.copyOf(children);
    if (maxRestarts < 0 || maxRestarts > MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "maxRestarts is between 0 and " + MOST_RESTARTS + ", not " + maxRestarts);
    }
    if (restartPeriod.isNegative() || restartPeriod.isZero()) {
      throw new IllegalArgumentException("restartPeriod is positive, not " + restartPeriod);
    }
    for (int i = 0; i < children.size(); i++) {
      String id = children.get(i).id();
      if (children.subList(0, i).stream().anyMatch(other -> other.id().equals(id))) {
        throw new IllegalArgumentException(
            "two children have the id '" + id + "'; give one of them another with id(..)");
      }
    }
  }

  static SupervisorSpec of(Strategy strategy) {
    return new SupervisorSpec(strategy, 3, Duration.ofSeconds(5), List.of());
  }

  /** With another limit of restarts. */
  public SupervisorSpec maxRestarts(int most, Duration period) {
    return new SupervisorSpec(strategy, most, period, children);
  }

  /** With one more child, started after the others and stopped before them. */
  public SupervisorSpec child(ChildSpec child) {
    List<ChildSpec> more = new ArrayList<>(children);
    more.add(child);
    return new SupervisorSpec(strategy, maxRestarts, restartPeriod, more);
  }

  /** With a worker as one more child, as {@link ChildSpec#of(PullWorker, Object)} describes it. */
  public <A, S> SupervisorSpec child(PullWorker<A, S> worker, A argument) {
    return child(ChildSpec.of(worker, argument));
  }

  /** With a worker without an argument as one more child. */
  public <S> SupervisorSpec child(PullWorker<Void, S> worker) {
    return child(ChildSpec.of(worker));
  }

  /** With a supervisor as one more child. */
  public SupervisorSpec child(String id, SupervisorSpec supervisor) {
    return child(ChildSpec.of(id, supervisor));
  }

  /**
   * Starts the supervisor among the {@linkplain Workers#shared shared} workers; returns when all
   * children have started.
   *
   * @throws StartFailedException when one of them does not; those before it are stopped again
   */
  public Supervisor start() {
    return start(Workers.shared());
  }

  /** As {@link #start()}, among workers of your choice. */
  public Supervisor start(Workers workers) {
    return workers.start(this);
  }
}
