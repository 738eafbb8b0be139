// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import java.util.concurrent.CompletableFuture;

/** A child of an application's own, which runs from its beginning and stops when it is asked to. */
final class OwnChild implements Child {
  final CompletableFuture<StopReason> stopped = new CompletableFuture<>();

  @Override
  public CompletableFuture<Started> started() {
    return CompletableFuture.completedFuture(Started.RUNNING);
  }

  @Override
  public CompletableFuture<StopReason> stopped() {
    return stopped;
  }

  @Override
  public void stop() {
    stopped.complete(new StopReason.Shutdown());
  }

  @Override
  public void kill() {
    stopped.complete(new StopReason.Killed());
  }
}
