// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a running supervisor is asked to do with one child. */
sealed interface ChildCommand {

  /** The child. */
  String id();

  /** Adds a child behind the others and starts it; it is forgotten when that fails. */
  record Start(ChildSpec spec) implements ChildCommand {
    @Override
    public String id() {
      return spec.id();
    }
  }

  /** Stops a child, which stays in the list unless it is temporary. */
  record Stop(String id) implements ChildCommand {}

  /** Starts a child that does not run. */
  record StartAgain(String id) implements ChildCommand {}

  /** Forgets a child that does not run. */
  record Delete(String id) implements ChildCommand {}

  /**
   * A command on its way. {@link #done} is for any thread; the rest belongs to the supervisor's
   * loop.
   */
  final class Asked {
    private final ChildCommand command;
    private final @Nullable Life caller;
    private final CompletableFuture<Asked> done = new CompletableFuture<>();
    private @Nullable Life life;

    /**
     * A command.
     *
     * @param caller the life whose callback waits for it to be done, or null
     */
    Asked(ChildCommand command, @Nullable Life caller) {
      this.command = command;
      this.caller = caller;
    }

    ChildCommand command() {
      return command;
    }

    @Nullable Life caller() {
      return caller;
    }

    /** Done with this when it was carried out; fails when it was refused or a start failed. */
    CompletableFuture<Asked> done() {
      return done;
    }

    /** The life that it began; null when it is of no such kind or did not get so far. */
    @Nullable Life life() {
      return life;
    }

    void began(@Nullable Life begun) {
      life = begun;
    }

    @Override
    public String toString() {
      return command.toString();
    }

    void refuse(ChildRefusedException.Why why, String message) {
      done.completeExceptionally(new ChildRefusedException(command.id(), why, message));
    }
  }
}
