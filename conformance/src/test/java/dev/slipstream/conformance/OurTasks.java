// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.Subscription;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The tasks with Slipstream's client. */
final class OurTasks implements Tasks {
  private final NatsClient nc;
  private final JetStream js;

  OurTasks(String url) {
    nc =
        NatsClient.connect(
            ClientOptions.builder()
                .servers(url)
                .onEvent(
                    event ->
                        System.getLogger("nats").log(System.Logger.Level.DEBUG, event.toString()))
                .build());
    js = nc.jetStream();
  }

  @Override
  public String stream() {
    JsStream stream =
        js.createOrUpdateStream(StreamConfig.builder("ORDERS").subjects("orders.>").build());
    return stream.name();
  }

  @Override
  public boolean publish() {
    js.publish("orders.new", "1".getBytes(UTF_8), PublishOptions.none().messageId("order-1"));
    return js.publish("orders.new", "1".getBytes(UTF_8), PublishOptions.none().messageId("order-1"))
        .duplicate();
  }

  @Override
  public long publishMany(int messages) {
    JetStream bounded = nc.jetStream(JetStreamOptions.defaults().maxInFlight(500, 1 << 20));
    for (int i = 2; i <= messages; i++) {
      bounded.publishAsync("orders.new", Integer.toString(i).getBytes(UTF_8)); // waits for room
    }
    bounded.awaitPublished(Duration.ofSeconds(10)); // throws what failed
    return js.stream("ORDERS").info().state().lastSeq();
  }

  @Override
  public List<String> consume(int messages) throws InterruptedException {
    PullConsumer consumer =
        js.stream("ORDERS").createOrUpdateConsumer(Consumers.durable("handler").build());
    CountDownLatch all = new CountDownLatch(messages);
    List<String> handled = Collections.synchronizedList(new ArrayList<>());
    try (var consumption =
        consumer.consume(
            m -> { // an exception here is a nak with a growing delay
              handled.add(m.text());
              m.ack();
              all.countDown();
            })) {
      all.await();
    }
    return handled;
  }

  @Override
  public List<String> fetch() {
    PullConsumer consumer =
        js.stream("ORDERS").createOrUpdateConsumer(Consumers.durable("batches").build());
    List<String> got = new ArrayList<>();
    for (JsMessage m : consumer.fetch(Fetch.noWait(5))) {
      got.add(m.text());
      m.ack();
    }
    return got;
  }

  @Override
  public List<String> iterate(int messages) {
    PullConsumer consumer =
        js.stream("ORDERS").createOrUpdateConsumer(Consumers.durable("loop").build());
    try (var all = consumer.messages()) {
      return all.stream().limit(messages).peek(JsMessage::ack).map(JsMessage::text).toList();
    }
  }

  @Override
  public long again() {
    PullConsumer consumer =
        js.stream("ORDERS").createOrUpdateConsumer(Consumers.durable("again").build());
    consumer.next().orElseThrow().nak(Duration.ofMillis(100));
    JsMessage second =
        consumer.fetch(Fetch.of(1000).within(Duration.ofSeconds(1))).toList().stream()
            .filter(m -> m.info().delivered() > 1)
            .findFirst()
            .orElseThrow();
    second.term("cannot be handled");
    return second.info().delivered();
  }

  @Override
  public List<String> replay(int messages) {
    try (var all = js.stream("ORDERS").orderedConsumer().messages()) { // through any reconnect
      return all.stream().limit(messages).map(JsMessage::text).toList();
    }
  }

  @Override
  public String ask() {
    try (Subscription answering =
        nc.subscribe("greet", m -> nc.respond(m, ("hello " + m.text()).getBytes(UTF_8)))) {
      Message answer = nc.request("greet", "you".getBytes(UTF_8), Duration.ofSeconds(1));
      return answer.text();
    }
  }

  @Override
  public String keyValue() {
    KeyValue kv = KeyValue.createOrUpdate(js, KeyValueConfig.builder("settings").build());
    long revision = kv.put("colour", "red".getBytes(UTF_8));
    kv.update("colour", "blue".getBytes(UTF_8), revision); // throws when somebody was quicker
    return kv.get("colour").map(KeyValueEntry::text).orElse("none");
  }

  /** Leaves nothing of the tasks behind. */
  void removeAll() {
    js.deleteStream("ORDERS");
    KeyValue.delete(js, "settings");
  }

  @Override
  public void close() {
    nc.close(); // handlers finish, acknowledgements and publishes get through
  }
}
