// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(20);

  @Test
  void aConditionIsLookedAtUntilItHolds() {
    AtomicInteger looks = new AtomicInteger();
    Eventually.holds(LONG, looks::get, () -> looks.incrementAndGet() == 3);
    assertThat(looks).hasValue(3);
  }

  @Test
  void whatDoesNotHoldInTimeFailsAndShowsWhatThereIs() {
    AtomicInteger looks = new AtomicInteger();
    assertThatThrownBy(() -> Eventually.holds(SHORT, looks::get, () -> looks.incrementAndGet() < 0))
        .isInstanceOf(AssertionError.class)
        .hasMessage("not within PT0.02S: " + looks);
    assertThat(looks.get()).isGreaterThan(1);
  }

  @Test
  void anAttemptIsRepeatedUntilItFailsWithNothing() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    String answer =
        Eventually.succeeds(
            LONG,
            () -> {
              assertThat(attempts.incrementAndGet()).isGreaterThan(2);
              return "done";
            });
    assertThat(answer).isEqualTo("done");
    assertThatThrownBy(
            () ->
                Eventually.succeeds(
                    SHORT,
                    () -> {
                      throw new IOException("never");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("never");
  }
}
