// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * Something that the loop does at the end of a turn, once for all that asked for it in that turn.
 */
final class OnceATurn {
  private final ClientLoop loop;
  private final Runnable task;
  private boolean planned;

  OnceATurn(ClientLoop loop, Runnable task) {
    this.loop = loop;
    this.task = task;
  }

  /** Asks for it; on the loop. */
  void plan() {
    if (!planned) {
      planned = true;
      loop.atTurnEnd(this::run);
    }
  }

  private void run() {
    planned = false;
    task.run();
  }
}
