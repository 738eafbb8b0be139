// SPDX-License-Identifier: Apache-2.0
/** Traces of the client for OpenTelemetry. */
module dev.slipstream.client.opentelemetry {
  requires transitive dev.slipstream.client;
  requires transitive io.opentelemetry.api;
  requires transitive io.opentelemetry.context;
  requires static org.jspecify;

  exports dev.slipstream.client.opentelemetry;
}
