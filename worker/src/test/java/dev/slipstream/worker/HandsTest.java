// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.wire.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has a state when, without a server: statuses and the end. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandsTest {
  private static final Status HEARTBEAT = new Status(100, "Idle Heartbeat");

  private final Workers workers = Workers.create();
  private final List<String> told = new ArrayList<>();
  private @Nullable Hands<Integer> hands;

  @AfterEach
  void close() {
    workers.close();
  }

  /** Notes what it is told, with the state that it has then. */
  private final class Noting implements PullWorker<Integer, Integer> {
    @Override
    public Init<Integer> init(Integer argument) {
      return Init.ignore();
    }

    @Override
    public Reply<Integer> handleMessage(JsMessage message, Integer state) {
      throw new AssertionError("there are no messages");
    }

    @Override
    public Integer handleStatus(Status status, Integer state) {
      told.add(status.code() + " with " + state);
      if (status.code() == 408) {
        Objects.requireNonNull(hands).onStatus(HEARTBEAT); // comes while another one is told
      }
      return state + 1;
    }

    @Override
    public void terminate(StopReason reason, Integer state) {
      told.add("the end with " + state);
    }
  }

  private Hands<Integer> hands(int parallelism) {
    Noting noting = new Noting();
    Hands<Integer> made =
        new Hands<>(
            PullProcess.begin(workers, "noting", noting, 0),
            noting,
            0,
            parallelism,
            new Progress(false),
            WorkerWatch.NONE.handling("noting"),
            failure -> told.add(failure.toString()));
    hands = made;
    return made;
  }

  @Test
  void aStatusThatComesWhileAnotherIsToldWaitsForTheState() {
    hands(1).onStatus(new Status(408, "Request Timeout"));
    assertThat(told).containsExactly("408 with 0", "100 with 1");
  }

  @Test
  void eachStateHearsOfTheEndOnceAndOfNothingBehindIt() {
    Hands<Integer> made = hands(2);
    made.onStatus(HEARTBEAT);
    made.terminate(new StopReason.Shutdown());
    made.onStatus(HEARTBEAT);
    assertThat(told).containsExactlyInAnyOrder("100 with 0", "the end with 0", "the end with 1");
  }
}
