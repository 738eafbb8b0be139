// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/** What something supervised is doing. */
public enum WorkerStatus {
  /** It is being initialized. */
  STARTING,
  /**
   * It was initialized and looks for its connection, stream or consumer, for the first time or
   * again.
   */
  CONNECTING,
  /** It does its work. */
  RUNNING,
  /** It was asked to stop and finishes what it is at. */
  STOPPING,
  /** It has stopped, for good; a restart is another life. */
  STOPPED
}
