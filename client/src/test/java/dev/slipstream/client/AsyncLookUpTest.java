// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers that are looked up without waiting. */
@Timeout(60)
class AsyncLookUpTest extends StreamFixture {

  private static Throwable failure(CompletableFuture<?> future) {
    try {
      get(future);
    } catch (ExecutionException failed) {
      return failed.getCause();
    } catch (Exception other) {
      return other;
    }
    return new AssertionError("did not fail");
  }

  @Test
  void consumerIsFoundWithWhatTheServerSaysOfIt() throws Exception {
    publish(3, 0);
    stream.createConsumer(Consumers.durable("c").build());
    PullConsumer found = get(js.consumerAsync(name, "c"));
    assertThat(found.name()).isEqualTo("c");
    assertThat(found.cachedInfo().numPending()).isEqualTo(3);
    publish(1, 0);
    assertThat(get(found.infoAsync()).numPending()).isEqualTo(4);
    assertThat(found.cachedInfo().numPending()).isEqualTo(4);
    assertThat(found.fetch(4).toList()).hasSize(4);
  }

  @Test
  void whatIsNotThereFailsTheFuture() {
    assertThat(failure(js.consumerAsync(name, "nobody")))
        .isInstanceOf(ConsumerNotFoundException.class);
    assertThat(failure(js.consumerAsync("NO_" + name, "c")))
        .isInstanceOf(StreamNotFoundException.class);
    assertThat(failure(js.bindConsumer(name, "nobody").infoAsync()))
        .isInstanceOf(ConsumerNotFoundException.class);
    assertThatThrownBy(() -> js.consumerAsync(name, "no.name"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nobodyAnswersIsWhatTheBlockingFormThrows() {
    JetStream elsewhere = nc.jetStream(JetStreamOptions.defaults().domain("nowhere"));
    assertThatThrownBy(() -> elsewhere.consumer(name, "c"))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("does not answer");
    assertThat(failure(elsewhere.consumerAsync(name, "c")))
        .isInstanceOf(JetStreamException.class)
        .hasMessageContaining("does not answer")
        .hasCauseInstanceOf(NoRespondersException.class);
  }

  @Test
  void closedClientFailsTheFuture() {
    nc.close();
    assertThat(failure(js.consumerAsync(name, "c"))).isInstanceOf(ConnectionClosedException.class);
  }
}
