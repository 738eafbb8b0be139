// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.clients;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PublishAck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The public Java client, through its simplified API. */
final class JnatsClient implements MeasuredClient {

  private final CountDownLatch reconnected = new CountDownLatch(1);
  private final Connection connection;
  private final JetStream js;

  JnatsClient(String url) throws Exception {
    ConnectionListener listener =
        (from, event) -> {
          if (event == ConnectionListener.Events.RECONNECTED) {
            reconnected.countDown();
          }
        };
    connection = Nats.connect(Options.builder().server(url).connectionListener(listener).build());
    js = connection.jetStream();
  }

  @Override
  public void publishSync(String subject, byte[] payload, int messages) throws Exception {
    for (int i = 0; i < messages; i++) {
      js.publish(subject, payload);
    }
  }

  @Override
  public void publishAsync(String subject, byte[] payload, int messages, int window)
      throws Exception {
    // the library has no window of its own
    Semaphore free = new Semaphore(window);
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < messages; i++) {
      free.acquire();
      CompletableFuture<PublishAck> ack = js.publishAsync(subject, payload);
      ack.whenComplete(
          (answer, failure) -> {
            if (failure != null) {
              failed.incrementAndGet();
            }
            free.release();
          });
    }
    free.acquire(window);
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " publishes failed");
    }
  }

  @Override
  public void consume(String stream, String consumer, int messages, boolean ack) throws Exception {
    CountDownLatch left = new CountDownLatch(messages);
    MessageConsumer consumption =
        consumer(stream, consumer)
            .consume(
                message -> {
                  if (ack) {
                    message.ack();
                  }
                  left.countDown();
                });
    MeasuredClient.await(left);
    connection.flush(PATIENCE);
    consumption.stop();
  }

  @Override
  public void fetch(String stream, String consumer, int messages, int batch) throws Exception {
    ConsumerContext from = consumer(stream, consumer);
    int got = 0;
    while (got < messages) {
      try (FetchConsumer fetched = from.fetchMessages(batch)) {
        for (Message message = fetched.nextMessage();
            message != null;
            message = fetched.nextMessage()) {
          message.ack();
          got++;
        }
      }
    }
    connection.flush(PATIENCE);
  }

  @Override
  public void next(String stream, String consumer, int messages) throws Exception {
    ConsumerContext from = consumer(stream, consumer);
    for (int got = 0; got < messages; got++) {
      from.next(PATIENCE).ack();
    }
    connection.flush(PATIENCE);
  }

  @Override
  public void handle(String stream, String consumer, Runnable each) throws Exception {
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

  private ConsumerContext consumer(String stream, String consumer) throws Exception {
    return connection.getStreamContext(stream).getConsumerContext(consumer);
  }

  @Override
  public void close() throws Exception {
    connection.close();
  }
}
