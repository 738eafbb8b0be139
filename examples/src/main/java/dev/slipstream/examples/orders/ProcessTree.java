// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.worker.ChildState;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;

/** The supervision tree that a process exists for: its text, and its end with the process. */
final class ProcessTree {

  private ProcessTree() {}

  /** A line for the supervisor and one for each child. */
  static String text(Supervisor tree) {
    StringBuilder text = new StringBuilder(tree.toString());
    for (ChildState child : tree.children()) {
      text.append("\n  ").append(child.id()).append(' ').append(child.status());
    }
    return text.toString();
  }

  /**
   * Returns when the tree has stopped. When the process is asked to end (SIGTERM, SIGINT) the tree
   * is stopped in order, and the process ends with code 0.
   *
   * @return why it has stopped
   */
  static StopReason await(Supervisor tree) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(tree), "stop"));
    return tree.stopped().join();
  }

  private static void stop(Supervisor tree) {
    if (tree.stopReason().isPresent()) {
      return; // the process ends because the tree has
    }
    tree.close();
    System.out.println("stopped");
    System.out.flush();
    // A JVM that a signal ends has the signal in its code; here nothing went wrong.
    Runtime.getRuntime().halt(0);
  }
}
