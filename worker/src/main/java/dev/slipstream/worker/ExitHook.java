// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stops a supervision tree when the JVM exits, as it does on SIGTERM, and says what it waits for
 * when that takes long. It is taken out of the JVM's hooks when the tree stops before.
 *
 * <p>Thread-safe; the JVM runs it on a thread of its own. There is at most one for a life of a
 * supervisor.
 */
final class ExitHook {
  private static final System.Logger LOG = System.getLogger(ExitHook.class.getName());

  /** After so long it says what it waits for. */
  private static final long PATIENCE_MILLIS = 1000;

  /** Those in place, as the JVM's own list is one for the process. */
  private static final ConcurrentHashMap<Life, ExitHook> IN_PLACE = new ConcurrentHashMap<>();

  private final Supervisor supervisor;
  private final Thread thread;
  private final CompletableFuture<Void> removed = new CompletableFuture<>();

  private ExitHook(Supervisor supervisor) {
    this.supervisor = supervisor;
    this.thread = WorkerThreads.later("exit", this::stop);
  }

  /** The hook of a supervisor, which is put in place if it is not yet. */
  static ExitHook of(Supervisor supervisor) {
    ExitHook hook = new ExitHook(supervisor);
    ExitHook present = IN_PLACE.putIfAbsent(supervisor.life(), hook);
    if (present != null) {
      return present;
    }
    hook.install();
    return hook;
  }

  private void install() {
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException exiting) {
      IN_PLACE.remove(supervisor.life());
      throw exiting;
    }
    supervisor.stopped().thenRun(this::remove);
  }

  /** The thread that is the JVM's hook. */
  Thread thread() {
    return thread;
  }

  /** Done when the tree has stopped and this hook was taken out. */
  CompletableFuture<Void> removed() {
    return removed;
  }

  private void remove() {
    IN_PLACE.remove(supervisor.life());
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException exiting) {
      LOG.log(System.Logger.Level.DEBUG, "{0} has stopped while the JVM exits", supervisor);
    }
    removed.complete(null);
  }

  private void stop() {
    CompletableFuture<StopReason> stopped =
        supervisor.workers().lives().askToStop(supervisor.life());
    try {
      try {
        stopped.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException late) {
        LOG.log(System.Logger.Level.WARNING, "the exit of the JVM waits for {0}", awaited());
        stopped.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** What has been asked to stop and has not, to the last: the path of each. */
  private String awaited() {
    List<String> paths = new ArrayList<>();
    collect("", supervisor.tree().root(), paths);
    return String.join(", ", paths);
  }

  private static void collect(String before, SupervisionTree.Node node, List<String> paths) {
    if (node.status() != WorkerStatus.STOPPING) {
      return;
    }
    String path = before + node.id();
    int known = paths.size();
    for (SupervisionTree.Node child : node.children()) {
      collect(path + "/", child, paths);
    }
    if (paths.size() == known) {
      paths.add(path);
    }
  }
}
