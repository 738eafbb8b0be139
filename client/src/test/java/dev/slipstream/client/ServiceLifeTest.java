// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.service.Endpoint;
import dev.slipstream.client.service.Service;
import dev.slipstream.client.service.ServiceDiscovery;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How services end, and what they outlive. */
@Timeout(60)
class ServiceLifeTest extends ServiceFixture {
  @Test
  void stoppingLetsHandlersFinishWhatHasCome() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Endpoint endpoint =
        Endpoint.of(
            "e",
            request -> {
              began.countDown();
              goOn.await();
              request.respond("done");
            });
    Service service = Service.start(nc, config().endpoint(endpoint.subject(name)));
    CompletableFuture<Message> one = nc.requestAsync(name, null);
    CompletableFuture<Message> two = nc.requestAsync(name, null);
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> stopped = service.stop(PATIENCE);
    nc.flush(PATIENCE);
    assertThat(stopped).isNotDone();
    assertThatThrownBy(() -> nc.request("$SRV.PING." + name, null))
        .isInstanceOf(NoRespondersException.class);
    assertThatThrownBy(() -> service.add(endpoint.subject("other")))
        .isInstanceOf(IllegalStateException.class);
    goOn.countDown();
    assertThat(one.get(10, TimeUnit.SECONDS).text()).isEqualTo("done");
    assertThat(two.get(10, TimeUnit.SECONDS).text()).isEqualTo("done");
    stopped.get(10, TimeUnit.SECONDS);
    service.stopped().get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> nc.request(name, null)).isInstanceOf(NoRespondersException.class);
    service.close();
  }

  @Test
  void aServiceEndsWithItsClient() throws Exception {
    NatsClient own = NatsClient.connect(server.url());
    Service service = Service.start(own, config().endpoint(Endpoint.of("e", ECHO).subject(name)));
    own.close();
    service.stopped().get(10, TimeUnit.SECONDS);
    service.close();
    assertThatThrownBy(() -> Service.start(own, config()))
        .isInstanceOf(ConnectionClosedException.class);
  }

  @Test
  void aServiceIsThereAgainAfterAReconnect() throws Exception {
    Events<ClientEvent> events = new Events<>();
    try (NatsClient own = NatsClient.connect(server.url());
        Service service =
            Service.start(own, config().endpoint(Endpoint.of("e", ECHO).subject(name)))) {
      own.onEvent(events);
      own.forceReconnect();
      events.await(ClientEvent.Reconnected.class);
      own.flush(PATIENCE);
      assertThat(ask(name, "x").text()).isEqualTo("x");
      assertThat(ServiceDiscovery.of(nc).ping(name)).containsExactly(service.identity());
    }
  }
}
