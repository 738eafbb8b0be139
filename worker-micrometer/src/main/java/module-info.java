// SPDX-License-Identifier: Apache-2.0
/** Metrics of workers and supervisors for Micrometer. */
module dev.slipstream.worker.micrometer {
  requires transitive dev.slipstream.worker;
  requires dev.slipstream.client.micrometer;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports dev.slipstream.worker.micrometer;
}
