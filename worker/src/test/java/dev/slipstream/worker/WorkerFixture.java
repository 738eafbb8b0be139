// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** A server and a client that the tests of a class share, and workers of each test's own. */
abstract class WorkerFixture {
  static final long ACK_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  static ServerProcess server;
  static NatsClient client;

  final Workers workers = Workers.create();
  String name = "";

  @BeforeAll
  static void start() {
    server = ServerProcess.natsServer().jetStream().start();
    client = NatsClient.connect(server.url());
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void name(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void close() {
    workers.close();
  }

  static JetStream js() {
    return client.jetStream();
  }

  /** A stream and a durable consumer of the test's own. */
  PullConsumer consumer(long ackWaitNanos) {
    JsStream stream = js().createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    return stream.createConsumer(
        ConsumerConfig.builder()
            .durableName("C")
            .ackPolicy(AckPolicy.EXPLICIT)
            .ackWaitNanos(ackWaitNanos)
            .build());
  }

  void publish(int count) {
    for (int i = 1; i <= count; i++) {
      js().publish(name + "." + i, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  WorkerOptions.Builder options() {
    return WorkerOptions.builder().connection(client).stream(name)
        .consumer("C")
        .connectionRetryTimeout(Duration.ofMillis(20))
        .connectionRetries(3);
  }

  /** Asks the server until it says what is expected; the timeout of the test is the limit. */
  static ConsumerInfo awaitInfo(PullConsumer consumer, Predicate<ConsumerInfo> expected) {
    while (true) {
      ConsumerInfo info = consumer.info();
      if (expected.test(info)) {
        return info;
      }
    }
  }
}
