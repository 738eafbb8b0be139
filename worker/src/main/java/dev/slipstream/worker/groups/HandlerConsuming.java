// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import org.jspecify.annotations.Nullable;

/** Consumes with a plain handler; knows whether the handler is what calls. */
final class HandlerConsuming implements MemberConsuming {
  private final GroupHandler handler;
  private volatile @Nullable Thread inside;

  HandlerConsuming(GroupHandler handler) {
    this.handler = handler;
  }

  @Override
  public Consumption begin(PullConsumer consumer, ConsumeOptions.Builder options) {
    return consumer.consume(options.build(), this::handle);
  }

  private void handle(JsMessage message) throws Exception {
    inside = Thread.currentThread();
    try {
      handler.onMessage(GroupMessage.of(message));
    } finally {
      inside = null;
    }
  }

  /** Whether the calling thread is in the handler. */
  boolean isHere() {
    return inside == Thread.currentThread();
  }
}
