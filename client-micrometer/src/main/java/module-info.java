// SPDX-License-Identifier: Apache-2.0
/** Metrics of the client for Micrometer. */
module dev.slipstream.client.micrometer {
  requires transitive dev.slipstream.client;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports dev.slipstream.client.micrometer;
  exports dev.slipstream.client.micrometer.bounded to
      dev.slipstream.worker.micrometer;
}
