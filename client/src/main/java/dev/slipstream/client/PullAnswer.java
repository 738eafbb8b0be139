// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * What a status says of a pull, told by its code and by how its text begins.
 *
 * <p>Source: ADR-13, ADR-37, and the texts of the public server.
 */
enum PullAnswer {
  /** The server is there and has nothing. */
  HEARTBEAT,
  /** There is nothing, and the pull was not to wait. */
  NO_MESSAGES,
  /** The pull's time is up. */
  TIME_UP,
  /** All messages that the pull asked for were delivered. */
  FILLED,
  /** The next message does not fit into the pull's bytes. */
  TOO_BIG,
  /** Another server leads the consumer: the pull is forgotten. */
  LEADERSHIP_CHANGE,
  /** The server ends. */
  SERVER_SHUTDOWN,
  /** The consumer is gone. */
  CONSUMER_DELETED,
  /** The consumer's limits are smaller than what the pull asks for; the text says which. */
  LIMIT_EXCEEDED,
  /**
   * Another client of the pull's group is pinned, so that the pull goes out again without an id.
   */
  WRONG_PIN,
  /** Nobody takes pulls for the consumer. */
  NO_RESPONDERS,
  /** Pulls like this one are never taken. */
  REFUSED,
  /** Anything else, which ends the pull. */
  OTHER;

  static PullAnswer of(int code, String text) {
    return switch (code) {
      case 100 -> HEARTBEAT;
      case 400, 412 -> REFUSED;
      case 404 -> NO_MESSAGES;
      case 408 -> TIME_UP;
      case 409 -> conflict(text);
      case Pin.WRONG -> WRONG_PIN;
      case 503 -> NO_RESPONDERS;
      default -> OTHER;
    };
  }

  private static PullAnswer conflict(String text) {
    if (text.startsWith("Batch Completed")) {
      return FILLED;
    }
    if (text.startsWith("Message Size Exceeds MaxBytes")) {
      return TOO_BIG;
    }
    if (text.startsWith("Leadership")) {
      return LEADERSHIP_CHANGE;
    }
    if (text.startsWith("Server Shutdown")) {
      return SERVER_SHUTDOWN;
    }
    if (text.startsWith("Consumer Deleted")) {
      return CONSUMER_DELETED;
    }
    if (text.startsWith("Exceeded Max")) {
      return LIMIT_EXCEEDED;
    }
    return text.startsWith("Consumer is push") ? REFUSED : OTHER;
  }
}
