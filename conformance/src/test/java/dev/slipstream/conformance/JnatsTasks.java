// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.PublishOptions;
import io.nats.client.StreamContext;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** The tasks with the public Java client. */
final class JnatsTasks implements Tasks {
  private final Connection nc;
  private final JetStream js;

  JnatsTasks(String url) throws Exception {
    nc = Nats.connect(Options.builder().server(url).maxReconnects(-1).build());
    js = nc.jetStream();
  }

  @Override
  public String stream() throws Exception {
    StreamConfiguration config =
        StreamConfiguration.builder().name("ORDERS").subjects("orders.>").build();
    try {
      nc.jetStreamManagement().addStream(config);
    } catch (JetStreamApiException there) {
      nc.jetStreamManagement().updateStream(config);
    }
    return nc.getStreamContext("ORDERS").getStreamName();
  }

  @Override
  public boolean publish() throws Exception {
    PublishOptions once = PublishOptions.builder().messageId("order-1").build();
    js.publish("orders.new", "1".getBytes(UTF_8), once);
    return js.publish("orders.new", "1".getBytes(UTF_8), once).isDuplicate();
  }

  @Override
  public long publishMany(int messages) throws Exception {
    Semaphore room = new Semaphore(500);
    List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
    for (int i = 2; i <= messages; i++) {
      room.acquire();
      acks.add(
          js.publishAsync("orders.new", Integer.toString(i).getBytes(UTF_8))
              .whenComplete((ack, failure) -> room.release()));
    }
    CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new)).join();
    return nc.getStreamContext("ORDERS").getStreamInfo().getStreamState().getLastSequence();
  }

  @Override
  public List<String> consume(int messages) throws Exception {
    ConsumerContext consumer = durable("handler");
    CountDownLatch all = new CountDownLatch(messages);
    List<String> handled = Collections.synchronizedList(new ArrayList<>());
    MessageConsumer consumption =
        consumer.consume(
            m -> {
              handled.add(text(m));
              m.ack();
              all.countDown();
            });
    all.await();
    consumption.stop();
    return handled;
  }

  @Override
  public List<String> fetch() throws Exception {
    List<String> got = new ArrayList<>();
    try (FetchConsumer fetched =
        durable("batches").fetch(FetchConsumeOptions.builder().maxMessages(5).noWait().build())) {
      for (Message m = fetched.nextMessage(); m != null; m = fetched.nextMessage()) {
        got.add(text(m));
        m.ack();
      }
    }
    return got;
  }

  @Override
  public List<String> iterate(int messages) throws Exception {
    List<String> got = new ArrayList<>();
    try (IterableConsumer all = durable("loop").iterate()) {
      while (got.size() < messages) {
        Message m = all.nextMessage(Duration.ofSeconds(5));
        if (m != null) {
          got.add(text(m));
          m.ack();
        }
      }
    }
    return got;
  }

  @Override
  public long again() throws Exception {
    ConsumerContext consumer = durable("again");
    consumer.next().nakWithDelay(Duration.ofMillis(100));
    try (FetchConsumer fetched =
        consumer.fetch(FetchConsumeOptions.builder().maxMessages(1000).expiresIn(1000).build())) {
      for (Message m = fetched.nextMessage(); m != null; m = fetched.nextMessage()) {
        if (m.metaData().deliveredCount() > 1) {
          m.term();
          return m.metaData().deliveredCount();
        }
      }
    }
    throw new IOException("it did not come again");
  }

  @Override
  public List<String> replay(int messages) throws Exception {
    OrderedConsumerContext ordered =
        nc.getStreamContext("ORDERS").createOrderedConsumer(new OrderedConsumerConfiguration());
    List<String> got = new ArrayList<>();
    try (IterableConsumer all = ordered.iterate()) {
      while (got.size() < messages) {
        Message m = all.nextMessage(Duration.ofSeconds(5));
        if (m != null) {
          got.add(text(m));
        }
      }
    }
    return got;
  }

  @Override
  public String ask() throws Exception {
    Dispatcher answering =
        nc.createDispatcher(m -> nc.publish(m.getReplyTo(), ("hello " + text(m)).getBytes(UTF_8)));
    answering.subscribe("greet");
    Message answer = nc.request("greet", "you".getBytes(UTF_8), Duration.ofSeconds(1));
    nc.closeDispatcher(answering);
    return answer == null ? "none" : text(answer);
  }

  @Override
  public String keyValue() throws Exception {
    try {
      nc.keyValueManagement().create(KeyValueConfiguration.builder().name("settings").build());
    } catch (JetStreamApiException there) {
      // as it is
    }
    KeyValue kv = nc.keyValue("settings");
    long revision = kv.put("colour", "red".getBytes(UTF_8));
    kv.update("colour", "blue".getBytes(UTF_8), revision);
    return kv.get("colour").getValueAsString();
  }

  private ConsumerContext durable(String name) throws Exception {
    StreamContext stream = nc.getStreamContext("ORDERS");
    return stream.createOrUpdateConsumer(ConsumerConfiguration.builder().durable(name).build());
  }

  private static String text(Message message) {
    return new String(message.getData(), UTF_8);
  }

  @Override
  public void close() throws Exception {
    nc.drain(Duration.ofSeconds(10)).get();
  }
}
