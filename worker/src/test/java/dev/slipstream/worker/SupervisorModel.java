// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.worker.ChildRefusedException.Why;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the rules of supervisors say, for one event after another, written without any waiting. */
final class SupervisorModel {
  final List<ChildSpec> children = new ArrayList<>();
  final List<String> running = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  boolean gaveUp;
  private final Strategy strategy;
  private final int maxRestarts;
  private final int maxChildren;
  private final Deque<Long> restarts = new ArrayDeque<>();

  SupervisorModel(SupervisorSpec spec) {
    strategy = spec.strategy();
    maxRestarts = spec.maxRestarts();
    maxChildren = spec.maxChildren();
    children.addAll(spec.children());
    children.forEach(this::start);
  }

  List<String> ids() {
    return children.stream().map(ChildSpec::id).toList();
  }

  private void start(ChildSpec child) {
    log.add("start " + child.id());
    running.add(child.id());
  }

  private void stop(ChildSpec child) {
    if (running.remove(child.id())) {
      log.add("stop " + child.id());
    }
  }

  /** A child stops of itself. */
  void ends(int index, boolean crash, long now) {
    ChildSpec child = children.get(index);
    running.remove(child.id());
    if (child.restart() == Restart.TEMPORARY) {
      children.remove(index);
      return;
    }
    if (child.restart() == Restart.TRANSIENT && !crash) {
      return;
    }
    restarts.removeIf(then -> now - then > TimeUnit.NANOSECONDS.convert(FakeTree.PERIOD));
    if (restarts.size() == maxRestarts) {
      stopFrom(0, children.size());
      gaveUp = true;
      return;
    }
    restarts.add(now);
    int from = strategy == Strategy.ONE_FOR_ALL ? 0 : index;
    int to = strategy == Strategy.ONE_FOR_ONE ? index + 1 : children.size();
    stopFrom(from, to);
    List<ChildSpec> group = new ArrayList<>(children.subList(from, to));
    group.removeIf(member -> member.restart() == Restart.TEMPORARY);
    children.subList(from, to).removeIf(member -> member.restart() == Restart.TEMPORARY);
    group.forEach(this::start);
  }

  private void stopFrom(int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      stop(children.get(i));
    }
  }

  /**
   * It is asked to do something with a child.
   *
   * @param startFails whether a start does
   * @return why it refuses, if it does
   */
  Optional<Why> asked(ChildCommand command, boolean startFails) {
    int index = ids().indexOf(command.id());
    if (command instanceof ChildCommand.Start start) {
      if (index >= 0 || children.size() >= maxChildren) {
        return Optional.of(index >= 0 ? Why.PRESENT : Why.TOO_MANY);
      }
      begin(start.spec(), startFails);
      if (!startFails) {
        children.add(start.spec());
      }
      return Optional.empty();
    }
    if (index < 0) {
      return Optional.of(Why.UNKNOWN);
    }
    ChildSpec child = children.get(index);
    boolean runs = running.contains(child.id());
    if (command instanceof ChildCommand.Stop) {
      stop(child);
      if (child.restart() == Restart.TEMPORARY) {
        children.remove(index);
      }
      return Optional.empty();
    }
    if (runs) {
      return Optional.of(Why.RUNNING);
    }
    if (command instanceof ChildCommand.StartAgain) {
      begin(child, startFails);
    } else {
      children.remove(index);
    }
    return Optional.empty();
  }

  private void begin(ChildSpec child, boolean startFails) {
    if (startFails) {
      log.add("start " + child.id());
      log.add("fail " + child.id());
    } else {
      start(child);
    }
  }
}
