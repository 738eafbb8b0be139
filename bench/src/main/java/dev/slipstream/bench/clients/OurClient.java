// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.clients;

import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import java.util.concurrent.CountDownLatch;

/** Slipstream's client. */
final class OurClient implements MeasuredClient {
  private static final int BUFFER_BYTES = 64 << 20;

  private final CountDownLatch reconnected = new CountDownLatch(1);
  private final NatsClient client;
  private final JetStream js;

  OurClient(String url) {
    client = NatsClient.connect(url);
    client.onEvent(
        event -> {
          if (event instanceof ClientEvent.Reconnected) {
            reconnected.countDown();
          }
        });
    js = client.jetStream();
  }

  @Override
  public void publishSync(String subject, byte[] payload, int messages) {
    for (int i = 0; i < messages; i++) {
      js.publish(subject, payload);
    }
  }

  @Override
  public void publishAsync(String subject, byte[] payload, int messages, int window) {
    JetStream limited =
        client.jetStream(JetStreamOptions.defaults().maxInFlight(window, BUFFER_BYTES));
    for (int i = 0; i < messages; i++) {
      limited.publishAsync(subject, payload);
    }
    limited.awaitPublished(PATIENCE);
  }

  @Override
  public void consume(String stream, String consumer, int messages, boolean ack)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(messages);
    Consumption consumption =
        consumer(stream, consumer)
            .consume(
                message -> {
                  if (ack) {
                    message.ack();
                  }
                  left.countDown();
                });
    MeasuredClient.await(left);
    client.flush(PATIENCE);
    consumption.stop();
  }

  @Override
  public void fetch(String stream, String consumer, int messages, int batch) {
    PullConsumer from = consumer(stream, consumer);
    int got = 0;
    while (got < messages) {
      for (JsMessage message : from.fetch(batch)) {
        message.ack();
        got++;
      }
    }
    client.flush(PATIENCE);
  }

  @Override
  public void next(String stream, String consumer, int messages) {
    PullConsumer from = consumer(stream, consumer);
    for (int got = 0; got < messages; got++) {
      from.next(PATIENCE).orElseThrow().ack();
    }
    client.flush(PATIENCE);
  }

  @Override
  public void handle(String stream, String consumer, Runnable each) {
    consumer(stream, consumer)
        .consume(
            message -> {
              message.ack();
              each.run();
            });
  }

  @Override
  public void awaitReconnect() throws InterruptedException {
    MeasuredClient.await(reconnected);
  }

  private PullConsumer consumer(String stream, String consumer) {
    return js.stream(stream).consumer(consumer);
  }

  @Override
  public void close() {
    client.close();
  }
}
