// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What all children that are made here share: an id, and the two futures that tell how a life began
 * and why it ended, of which the first is always done first.
 *
 * <p>Thread-safe.
 */
abstract class ChildProcess implements Child {
  private final String id;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CompletableFuture<StopReason> stopped = new CompletableFuture<>();

  /** The life that this was made for; null when it was made outside of any. */
  private final @Nullable Life life = CurrentLife.get();

  ChildProcess(String id) {
    this.id = id;
  }

  final String id() {
    return id;
  }

  @Override
  public final CompletableFuture<Started> started() {
    return started;
  }

  @Override
  public final CompletableFuture<StopReason> stopped() {
    return stopped;
  }

  /** It runs. */
  final void begun() {
    started.complete(Started.RUNNING);
  }

  /** It does not want to run. */
  final void declined() {
    started.complete(Started.IGNORED);
    stopped.complete(new StopReason.Ignored());
  }

  /** It will not run: the start of {@code culprit}, itself or one of its children, has failed. */
  final void failStart(String culprit, StopReason reason) {
    started.completeExceptionally(new StartFailedException(culprit, reason));
  }

  /** It has stopped; a start that was not done has failed. Does nothing when it had stopped. */
  final void over(StopReason reason) {
    failStart(id, reason);
    stopped.complete(reason);
  }

  /** Its status is another one; its life notes since when. */
  final void statusChanged() {
    if (life != null) {
      life.note(life.status());
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
