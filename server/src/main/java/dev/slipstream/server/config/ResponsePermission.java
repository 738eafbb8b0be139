// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * Leave to publish to the reply subject of a request that the user received, without any other
 * permission for it.
 *
 * @param maxMessages replies to a request; negative for any number
 * @param expiresNanos how long after the request; negative for ever
 */
public record ResponsePermission(int maxMessages, long expiresNanos) {

  /** One reply within two minutes. */
  public static final ResponsePermission DEFAULT = new ResponsePermission(1, 120_000_000_000L);
}
