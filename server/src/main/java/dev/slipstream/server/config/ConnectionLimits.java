// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * Limits of an account's connections; -1 stands for no limit. The lower of these and the server's
 * own holds.
 *
 * @param maxConnections client connections
 * @param maxSubscriptions subscriptions of one connection
 * @param maxPayload bytes of a message
 */
public record ConnectionLimits(int maxConnections, int maxSubscriptions, int maxPayload) {

  /** No limits. */
  public static final ConnectionLimits NONE = new ConnectionLimits(-1, -1, -1);
}
