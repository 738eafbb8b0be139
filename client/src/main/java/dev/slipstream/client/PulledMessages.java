// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import org.jspecify.annotations.Nullable;

/** The messages of one {@link PullConsumer}, for threads that take them. Thread-safe. */
final class PulledMessages extends Messages {
  private final Connection connection;
  private final @Nullable DeliveryWatch watch;
  private final PullSession session;

  PulledMessages(ConsumerLink link, ConsumeOptions options, @Nullable KeepAlive keepAlive) {
    connection = link.connection();
    watch = link.watch();
    session = new PullSession(link, options, keepAlive, new Taker());
  }

  void start() {
    session.start();
  }

  @Override
  Consumption consumption() {
    return session;
  }

  @Override
  void onTaken(JsMessage message) {
    session.released(message);
    if (watch != null) {
      watch.taken(message);
    }
  }

  @Override
  void onAllTaken() {
    session.complete();
  }

  @Override
  Closed reason() {
    return session.reason();
  }

  private final class Taker implements PullSession.Receiver {
    @Override
    public void add(JsMessage message) {
      offer(message);
    }

    @Override
    public void onEnd(Closed why) {
      offer(JsMessage.END);
      if (!(why instanceof Closed.Drained)) {
        connection.callbacks().add(session::complete);
      }
    }

    @Override
    public @Nullable JsMessage takeBack() {
      return PulledMessages.this.takeBack();
    }
  }
}
