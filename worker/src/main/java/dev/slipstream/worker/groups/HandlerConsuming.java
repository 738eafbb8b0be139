// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.PullConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Consumes with a plain handler; knows whether the handler is what calls, and hands back what comes
 * once the membership was asked to end.
 */
final class HandlerConsuming implements MemberConsuming {
  private final GroupHandler handler;
  private volatile @Nullable Thread inside;
  private volatile boolean closing;

  HandlerConsuming(GroupHandler handler) {
    this.handler = handler;
  }

  @Override
  public Consumption begin(PullConsumer consumer, ConsumeOptions.Builder options) {
    return consumer.consume(options.build(), this::handle);
  }

  private void handle(JsMessage message) throws Exception {
    if (closing) {
      message.nak();
      return;
    }
    inside = Thread.currentThread();
    try {
      handler.onMessage(GroupMessage.of(message));
    } finally {
      inside = null;
    }
  }

  /** No message is handled behind the one that is. */
  void close() {
    closing = true;
  }

  /** Whether the calling thread is in the handler. */
  boolean isHere() {
    return inside == Thread.currentThread();
  }
}
