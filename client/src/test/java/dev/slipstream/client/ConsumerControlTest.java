// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.api.DeliverPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers that are paused, go on, and begin anew. */
@Timeout(60)
class ConsumerControlTest extends StreamFixture {
  private static final Fetch SHORT = Fetch.of(5).within(Duration.ofMillis(300));

  private static List<Long> sequences(FetchResult result) {
    return result.stream().map(m -> m.info().streamSequence()).toList();
  }

  @Test
  void pausedConsumerDeliversNothingUntilItIsResumed() {
    publish(5, 0);
    PullConsumer consumer = consumer();
    Instant later = Instant.now().plusSeconds(60);
    assertThat(consumer.pauseUntil(later)).contains(later);
    assertThat(consumer.info().paused()).isTrue();
    assertThat(sequences(consumer.fetch(SHORT))).isEmpty();
    consumer.resume();
    assertThat(consumer.info().paused()).isFalse();
    assertThat(sequences(consumer.fetch(SHORT))).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(consumer.pauseUntil(Instant.now().minusSeconds(1))).isEmpty();
  }

  @Test
  void resetConsumerBringsAgainWhatWasNotAcknowledged() {
    publish(5, 0);
    PullConsumer consumer = consumer();
    List<JsMessage> three = consumer.fetch(Fetch.of(3)).toList();
    three.get(0).ack();
    nc.flush(PATIENCE);
    assertThat(consumer.reset()).isEqualTo(2);
    assertThat(sequences(consumer.fetch(SHORT))).containsExactly(2L, 3L, 4L, 5L);
    assertThat(consumer.resetTo(1)).isEqualTo(1);
    assertThat(sequences(consumer.fetch(SHORT))).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void resetBeforeTheBeginIsRefused() {
    publish(5, 0);
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.ephemeral()
                .deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
                .optStartSeq(3)
                .build());
    assertThatThrownBy(() -> consumer.resetTo(2))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("below start seq");
    assertThatThrownBy(() -> consumer.resetTo(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
