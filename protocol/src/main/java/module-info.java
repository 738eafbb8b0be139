// SPDX-License-Identifier: Apache-2.0
/** The NATS and JetStream protocol without any I/O: subjects, wire grammar, API records. */
module dev.slipstream.protocol {
  requires transitive dev.slipstream.base;
  requires com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports dev.slipstream.protocol.api;
  exports dev.slipstream.protocol.json;
  exports dev.slipstream.protocol.schedule;
  exports dev.slipstream.protocol.subject;
  exports dev.slipstream.protocol.wire;
}
