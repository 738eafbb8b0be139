// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.testkit.SharedServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client for each test, on a server that the tests of a class share, and a name of its own. */
@SuppressWarnings("NullAway.Init")
abstract class ClientFixture {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension static final SharedServer server = new SharedServer(TestServer::started);

  private static final AtomicInteger names = new AtomicInteger();

  NatsClient nc;
  JetStream js;

  /** That no other test of the class uses for a stream. */
  String name;

  @BeforeEach
  void connect() {
    nc = NatsClient.connect(server.url());
    js = nc.jetStream();
    name = "S" + names.incrementAndGet();
  }

  @AfterEach
  void close() {
    nc.close();
  }
}
