// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * A thread outside of any worker that has started a life with a link: it is interrupted when the
 * life stops abnormally. Nothing is known of its own end.
 */
record LinkedThread(Thread thread) implements Link {
  private static final System.Logger LOG = System.getLogger(LinkedThread.class.getName());

  @Override
  public void onStopped(Life linked, StopReason reason) {
    if (reason.isAbnormal() && !linked.hasFailedToStart()) {
      LOG.log(
          System.Logger.Level.ERROR,
          linked + " has stopped, which interrupts thread " + thread.getName() + ": " + reason,
          reason.cause());
      thread.interrupt();
    }
  }

  @Override
  public void cut(Life linked) {}
}
