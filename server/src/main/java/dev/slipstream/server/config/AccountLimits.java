// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * Limits of an account's connections; -1 stands for no limit.
 *
 * @param maxConnections client connections
 * @param maxSubscriptions subscriptions of all its connections
 * @param maxPayload bytes of a message
 */
public record AccountLimits(int maxConnections, int maxSubscriptions, int maxPayload) {

  /** No limits. */
  public static final AccountLimits NONE = new AccountLimits(-1, -1, -1);
}
