// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

/** Confirms orders to customers, at once; counts its mails. */
final class Mail extends Step<Long> {
  static final String NAME = "mail";

  Mail(Tools tools) {
    super(NAME, tools);
  }

  @Override
  Long fresh() {
    return 0L;
  }

  @Override
  Decision<Long> decide(Order order, Long mails) {
    return new Decision.Done<>(mails + 1, "confirmed to " + order.customer());
  }
}
