// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Attempts to connect that have to fail, each for its reason. */
final class Refusals {
  private Refusals() {}

  /** The first attempt fails with such an exception, whose message has all the words. */
  static void assertFails(
      ClientOptions.Builder options, Class<? extends Throwable> how, String... words) {
    assertThatThrownBy(() -> NatsClient.connect(options.build()))
        .isInstanceOfSatisfying(
            ConnectFailedException.class,
            e ->
                assertThat(e.attempts().get(0).cause())
                    .isInstanceOf(how)
                    .message()
                    .contains(words));
  }
}
