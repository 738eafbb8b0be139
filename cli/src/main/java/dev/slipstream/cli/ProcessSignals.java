// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import sun.misc.Signal;

/**
 * The signals the process is sent, in order.
 *
 * <p>The JDK has no supported way to learn which signal came and to end with code 0 all the same;
 * {@code sun.misc.Signal} of module jdk.unsupported is the one that every JDK has. A signal is
 * caught on a thread of the JVM and waits here for the main thread.
 */
final class ProcessSignals {

  /** What the process reacts to, with the name that Go gives the signal in logs. */
  enum Kind {
    INT("interrupt"),
    TERM("terminated"),
    HUP("hangup"),
    USR1("user defined signal 1"),
    USR2("user defined signal 2");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }
  }

  private static final int MAX_WAITING = 64;

  private final boolean ofProcess;
  private final BlockingQueue<Optional<Kind>> waiting = new LinkedBlockingQueue<>(MAX_WAITING);

  private ProcessSignals(boolean ofProcess) {
    this.ofProcess = ofProcess;
  }

  /** The signals that the operating system sends this process. */
  static ProcessSignals ofProcess() {
    return new ProcessSignals(true);
  }

  /** Only the signals that {@link #post} is told of. */
  static ProcessSignals posted() {
    return new ProcessSignals(false);
  }

  /** Begins to catch signals; those that the platform does not have are left out. */
  void trap() {
    if (!ofProcess) {
      return;
    }
    for (Kind kind : Kind.values()) {
      try {
        Signal.handle(new Signal(kind.name()), caught -> post(kind));
      } catch (IllegalArgumentException notOnThisPlatform) {
        // Windows has only INT and TERM.
      }
    }
  }

  /** Acts as if the process had been sent a signal; one too many is lost. */
  void post(Kind kind) {
    waiting.offer(Optional.of(kind));
  }

  /** Has {@link #next} answer that there is nothing more to wait for. */
  void end() {
    while (!waiting.offer(Optional.empty())) {
      waiting.poll();
    }
  }

  /** The next signal, or empty after {@link #end}. Blocks. */
  Optional<Kind> next() throws InterruptedException {
    return waiting.take();
  }
}
