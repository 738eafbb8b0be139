// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.api.AccountLimits;

/**
 * JetStream of an account: whether, and how much of it.
 *
 * @param enabled whether the account has JetStream
 * @param limits what it may use; without limits where it has none
 */
public record AccountJetStream(boolean enabled, AccountLimits limits) {

  /** No JetStream. */
  public static final AccountJetStream DISABLED =
      new AccountJetStream(false, AccountLimits.UNLIMITED);

  /** JetStream without limits of its own. */
  public static final AccountJetStream UNLIMITED =
      new AccountJetStream(true, AccountLimits.UNLIMITED);
}
