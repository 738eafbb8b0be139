// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

/** Notes every order, and sums up what was ordered while it lives. */
final class Audit extends Step<Audit.Sum> {
  static final String NAME = "audit";

  /**
   * What this life has seen.
   *
   * @param orders how many
   * @param cents for how much
   */
  record Sum(long orders, long cents) {}

  Audit(Tools tools) {
    super(NAME, tools);
  }

  @Override
  Sum fresh() {
    return new Sum(0, 0);
  }

  @Override
  Decision<Sum> decide(Order order, Sum sum) {
    return new Decision.Done<>(
        new Sum(sum.orders() + 1, sum.cents() + order.cents()), "noted " + order.cents());
  }
}
