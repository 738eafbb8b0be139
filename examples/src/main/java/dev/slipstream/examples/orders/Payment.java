// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

/** Takes the money, unless it is too much for anybody; keeps in mind what is in the till. */
final class Payment extends Step<Payment.Till> {
  static final String NAME = "payment";
  static final String DECLINED = "declined";

  private static final long MOST_CENTS = 100_000;

  /**
   * What this life has taken.
   *
   * @param payments how often
   * @param cents how much
   */
  record Till(long payments, long cents) {}

  Payment(Tools tools) {
    super(NAME, tools);
  }

  @Override
  Till fresh() {
    return new Till(0, 0);
  }

  @Override
  Decision<Till> decide(Order order, Till till) {
    if (order.cents() > MOST_CENTS) {
      return new Decision.Done<>(till, DECLINED);
    }
    Till fuller = new Till(till.payments() + 1, till.cents() + order.cents());
    return new Decision.Done<>(fuller, "paid " + order.cents());
  }
}
