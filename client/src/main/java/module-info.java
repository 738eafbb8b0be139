// SPDX-License-Identifier: Apache-2.0
/** The client: connection, publish, streams, pull consumers. */
module dev.slipstream.client {
  requires transitive dev.slipstream.protocol;
  requires static org.jspecify;

  exports dev.slipstream.client;
  exports dev.slipstream.client.bucket;
  exports dev.slipstream.client.service;
}
