// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Handles the messages of a consumption one at a time, in order. */
final class SerialHandling implements PullSession.Receiver {
  private final Lane<JsMessage> lane;

  /**
   * @param handler handles a message and fails with nothing
   * @param allHandled runs behind the last message
   */
  SerialHandling(
      ClientLoop loop, Executor threads, Consumer<JsMessage> handler, Runnable allHandled) {
    lane =
        new Lane<>(
            loop,
            threads,
            message -> {
              if (message == JsMessage.END) {
                allHandled.run();
              } else {
                handler.accept(message);
              }
            });
  }

  @Override
  public void add(JsMessage message) {
    lane.add(message);
  }

  @Override
  public void onEnd(Closed why) {
    lane.add(JsMessage.END);
  }

  @Override
  public @Nullable JsMessage takeBack() {
    return lane.takeBack();
  }
}
