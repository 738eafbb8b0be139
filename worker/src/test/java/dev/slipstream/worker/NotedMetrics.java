// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Metrics that note what they are told, a line for each call. */
class NotedMetrics implements WorkerMetrics {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final List<String> notes = new CopyOnWriteArrayList<>();
  final List<Long> times = new CopyOnWriteArrayList<>();
  final Map<String, WorkerRef> lives = new ConcurrentHashMap<>();

  /** Returns when all of these were noted, in whatever order; so often as they are given. */
  void await(String... expected) {
    Eventually.holds(PATIENCE, () -> notes, () -> holdsAll(List.of(expected)));
  }

  private boolean holdsAll(List<String> expected) {
    List<String> left = new ArrayList<>(notes);
    return expected.stream().allMatch(left::remove);
  }

  private static String nameOf(Object of) {
    return of.getClass().getSimpleName();
  }

  @Override
  public void began(WorkerRef life) {
    lives.put(life.id(), life);
    notes.add("began " + life.id());
  }

  @Override
  public void started(WorkerRef life) {
    notes.add("started " + life.id() + known(life));
  }

  @Override
  public void stopped(WorkerRef life, StopReason reason) {
    notes.add("stopped " + life.id() + " " + nameOf(reason) + known(life));
  }

  private String known(WorkerRef life) {
    return lives.get(life.id()) == life ? "" : ", another life";
  }

  @Override
  public void restarting(String supervisor, String child, StopReason reason) {
    notes.add(supervisor + " restarts " + child + " " + nameOf(reason));
  }

  @Override
  public void gaveUp(String supervisor, StopReason.RestartsExceeded reason) {
    notes.add(supervisor + " gave up for " + reason.child() + " " + nameOf(reason.last()));
  }

  @Override
  public void attemptFailed(String child, Throwable why) {
    notes.add("attempt of " + child + " " + nameOf(why));
  }

  @Override
  public HandlingMetrics handling(String child) {
    return new HandlingMetrics() {
      @Override
      public void handled(Reply.Action said, long nanos) {
        times.add(nanos);
        notes.add(child + " " + said);
      }

      @Override
      public void failed(Throwable failure, long nanos) {
        times.add(nanos);
        notes.add(child + " threw " + nameOf(failure));
      }
    };
  }
}
