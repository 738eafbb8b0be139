// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageHandler;
import dev.slipstream.client.OrderedConsumer;

/**
 * Hands on what an ordered consumer brings, and tells once when all that was there at the start has
 * come. Owner: the thread that calls the handler, one at a time.
 */
final class Watch implements MessageHandler<JsMessage> {
  /** Code of the application that may fail. */
  interface Call {
    void run() throws Exception;
  }

  private final Backlog backlog;
  private final MessageHandler<JsMessage> onChange;
  private final Call onCaughtUp;

  private Watch(Backlog backlog, MessageHandler<JsMessage> onChange, Call onCaughtUp) {
    this.backlog = backlog;
    this.onChange = onChange;
    this.onCaughtUp = onCaughtUp;
  }

  static Consumption begin(
      OrderedConsumer ordered, MessageHandler<JsMessage> onChange, Call onCaughtUp) {
    Backlog backlog = new Backlog(ordered);
    if (backlog.isOver()) {
      call(onCaughtUp);
    }
    return ordered.consume(new Watch(backlog, onChange, onCaughtUp));
  }

  private static void call(Call onCaughtUp) {
    try {
      onCaughtUp.run();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Exception failure) {
      throw new JetStreamException("the watcher failed", failure);
    }
  }

  @Override
  public void onMessage(JsMessage message) throws Exception {
    try {
      onChange.onMessage(message);
    } finally {
      if (backlog.endsWith(message)) { // also behind a failure, which is an event
        onCaughtUp.run();
      }
    }
  }
}
