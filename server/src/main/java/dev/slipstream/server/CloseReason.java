// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/** Why a connection ended, in the words of the public server's monitoring. */
enum CloseReason {
  CLIENT_CLOSED("Client Closed", false),
  AUTHENTICATION_TIMEOUT("Authentication Timeout", true),
  AUTHENTICATION_VIOLATION("Authentication Failure", true),
  SLOW_CONSUMER_PENDING_BYTES("Slow Consumer (Pending Bytes)", false),
  SLOW_CONSUMER_WRITE_DEADLINE("Slow Consumer (Write Deadline)", false),
  READ_ERROR("Read Error", false),
  PARSE_ERROR("Parse Error", true),
  STALE_CONNECTION("Stale Connection", true),
  PROTOCOL_VIOLATION("Protocol Violation", true),
  BAD_CLIENT_PROTOCOL_VERSION("Bad Client Protocol Version", true),
  MAX_CONNECTIONS_EXCEEDED("Maximum Connections Exceeded", true),
  MAX_ACCOUNT_CONNECTIONS_EXCEEDED("Maximum Account Connections Exceeded", true),
  MAX_PAYLOAD_EXCEEDED("Maximum Message Payload Exceeded", true),
  MAX_CONTROL_LINE_EXCEEDED("Maximum Control Line Exceeded", true),
  SERVER_SHUTDOWN("Server Shutdown", true),
  NO_RESPONDERS_REQUIRES_HEADERS("No Responders Requires Headers", true);

  private final String text;
  private final boolean flushes;

  CloseReason(String text, boolean flushes) {
    this.text = text;
    this.flushes = flushes;
  }

  /** Whether what waits to be sent still goes out before the end. */
  boolean flushes() {
    return flushes;
  }

  @Override
  public String toString() {
    return text;
  }
}
