// SPDX-License-Identifier: Apache-2.0
/** Supervised workers on pull consumers. */
module dev.slipstream.worker {
  requires transitive dev.slipstream.client;
  requires static org.jspecify;

  exports dev.slipstream.worker;
}
