// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import java.time.Duration;

/** Takes pieces from a shelf; when too few are left it is filled, and the order comes again. */
final class Stock extends Step<Integer> {
  static final String NAME = "stock";

  private static final int FULL = 100;
  private static final Duration FILLING = Duration.ofMillis(100);

  Stock(Tools tools) {
    super(NAME, tools);
  }

  @Override
  Integer fresh() {
    return FULL;
  }

  @Override
  Decision<Integer> decide(Order order, Integer left) {
    if (order.quantity() > FULL) {
      return new Decision.Done<>(left, "too many");
    }
    if (order.quantity() > left) {
      return new Decision.Later<>(FULL, FILLING);
    }
    return new Decision.Done<>(left - order.quantity(), "reserved " + order.quantity());
  }
}
