// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a supervisor is started from: its strategy, how often it restarts, and its children in the
 * order of their start. Immutable.
 *
 * <p>It may have no children: {@link Supervisor#startChild} adds some while it runs.
 *
 * @param strategy which children are restarted together
 * @param maxRestarts how many restarts it makes within the period before it gives up; 3 by default
 * @param restartPeriod the period; 5 s by default
 * @param maxChildren how many children it may have at once; 10,000 by default
 * @param children the children; their ids differ
 */
public record SupervisorSpec(
    Strategy strategy,
    int maxRestarts,
    Duration restartPeriod,
    int maxChildren,
    List<ChildSpec> children) {
  /** More restarts than this in a period cannot be asked for. */
  public static final int MOST_RESTARTS = 10_000;

  private static final int USUAL_CHILDREN = 10_000;

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
    if (children.size() > maxChildren) {
      throw new IllegalArgumentException(
          children.size() + " children are more than maxChildren, which is " + maxChildren);
    }
    Set<String> ids = new HashSet<>();
    for (ChildSpec child : children) {
      if (!ids.add(child.id())) {
        throw new IllegalArgumentException(
            "two children have the id '" + child.id() + "'; give one of them another with id(..)");
      }
    }
  }

  static SupervisorSpec of(Strategy strategy) {
    return new SupervisorSpec(strategy, 3, Duration.ofSeconds(5), USUAL_CHILDREN, List.of());
  }

  /** With another limit of restarts. */
  public SupervisorSpec maxRestarts(int most, Duration period) {
    return new SupervisorSpec(strategy, most, period, maxChildren, children);
  }

  /** With another limit of how many children it may have, those that are added later among them. */
  public SupervisorSpec maxChildren(int most) {
    return new SupervisorSpec(strategy, maxRestarts, restartPeriod, most, children);
  }

  /** With one more child, started after the others and stopped before them. */
  public SupervisorSpec child(ChildSpec child) {
    return children(List.of(child));
  }

  /** With more children, in their order. */
  public SupervisorSpec children(Collection<ChildSpec> more) {
    List<ChildSpec> all = new ArrayList<>(children);
    all.addAll(more);
    return new SupervisorSpec(strategy, maxRestarts, restartPeriod, maxChildren, all);
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
