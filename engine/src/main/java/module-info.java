// SPDX-License-Identifier: Apache-2.0
/** Streams and consumers as single-writer state machines; no sockets, no threads of its own. */
module dev.slipstream.engine {
  requires transitive dev.slipstream.base;
  requires transitive dev.slipstream.protocol;
  requires transitive dev.slipstream.store;
  requires static org.jspecify;

  exports dev.slipstream.engine;
}
