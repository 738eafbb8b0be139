// SPDX-License-Identifier: Apache-2.0
/** Supervised workers on pull consumers, and groups that share a stream by partitions. */
module dev.slipstream.worker {
  requires transitive dev.slipstream.client;
  requires static org.jspecify;

  exports dev.slipstream.worker;
  exports dev.slipstream.worker.groups;
}
