// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import java.time.Duration;
import java.util.Optional;

/** Ships what is paid and reserved, and waits for it; counts its parcels. */
final class Shipping extends Step<Long> {
  static final String NAME = "shipping";

  private static final Duration NOT_YET = Duration.ofMillis(200);

  Shipping(Tools tools) {
    super(NAME, tools);
  }

  @Override
  Long fresh() {
    return 0L;
  }

  @Override
  Decision<Long> decide(Order order, Long parcels) {
    Optional<String> payment = results().find(Payment.NAME, order.id());
    if (payment.isEmpty() || results().find(Stock.NAME, order.id()).isEmpty()) {
      return new Decision.Later<>(parcels, NOT_YET);
    }
    return payment.get().equals(Payment.DECLINED)
        ? new Decision.Done<>(parcels, "not paid")
        : new Decision.Done<>(parcels + 1, "shipped to " + order.customer());
  }
}
