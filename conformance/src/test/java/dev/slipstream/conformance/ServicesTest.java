// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.service.Endpoint;
import dev.slipstream.client.service.EndpointInfo;
import dev.slipstream.client.service.Group;
import dev.slipstream.client.service.Service;
import dev.slipstream.client.service.ServiceConfig;
import dev.slipstream.client.service.ServiceDiscovery;
import dev.slipstream.client.service.ServiceError;
import dev.slipstream.client.service.ServiceIdentity;
import dev.slipstream.client.service.ServiceInfo;
import dev.slipstream.client.service.ServiceStats;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A service of ours is asked by the public Go client, and one of that client by ours. */
class ServicesTest extends GoOnBothServers {
  private static final Map<String, String> METADATA = Map.of("a", "b");

  @Override
  void check(ServerProcess server) throws IOException {
    Group v1 = Group.of("java.v1");
    ServiceConfig config =
        ServiceConfig.of("java", "1.0.0")
            .description("of java")
            .metadata(METADATA)
            .endpoint(
                Endpoint.of("echo", r -> r.respond(r.payload()))
                    .in(v1)
                    .metadata(Map.of("c", "d"))
                    .data(out -> out.object().field("n", 1).end()))
            .endpoint(Endpoint.of("refuse", r -> r.respondError(404, "not here")).in(v1))
            .endpoint(
                Endpoint.of(
                        "fail",
                        r -> {
                          throw new IllegalStateException("broken");
                        })
                    .in(v1)
                    .withoutQueueGroup());
    try (NatsClient client = NatsClient.connect(server.url());
        Service service = Service.start(client, config)) {
      client.flush(Duration.ofSeconds(10));
      ForeignProgram.Outcome outcome = go.services(server.url(), () -> askGo(client));
      assertThat(outcome.exitCode()).as(outcome.errors()).isZero();
      assertThat(outcome.lines())
          .containsExactly(
              "java.v1.echo \"from go\" \"\" \"\"",
              "java.v1.refuse \"\" \"not here\" \"404\"",
              "java.v1.fail \"\" \"broken\" \"500\"",
              "io.nats.micro.v1.ping_response java 1.0.0 map[a:b]",
              "io.nats.micro.v1.info_response of java true [{echo java.v1.echo q map[c:d]}"
                  + " {refuse java.v1.refuse q map[]} {fail java.v1.fail  map[]}]",
              "io.nats.micro.v1.stats_response true",
              "echo java.v1.echo q 1 0 \"\" {\"n\":1}",
              "refuse java.v1.refuse q 1 1 \"404:not here\" ",
              "fail java.v1.fail  1 1 \"500:broken\" ",
              "@ready");
      assertThat(service.stats().endpoints()).hasSize(3);
    }
  }

  private static void askGo(NatsClient client) {
    assertThat(client.request("go.v1.echo", "hello".getBytes(UTF_8)).text()).isEqualTo("hello");
    Message refused = client.request("go.v1.refuse", null);
    assertThat(ServiceError.of(refused)).contains(new ServiceError("404", "not here"));
    assertThat(refused.text()).isEqualTo("x");
    ServiceDiscovery discovery = ServiceDiscovery.of(client);
    assertThat(discovery.ping()).extracting(ServiceIdentity::name).contains("go", "java");
    ServiceIdentity identity = discovery.ping("go").get(0);
    assertThat(identity.version()).isEqualTo("2.0.0");
    assertThat(identity.metadata()).isEqualTo(METADATA);
    assertThat(discovery.info("go", identity.id()))
        .contains(
            new ServiceInfo(
                identity,
                "of go",
                List.of(
                    new EndpointInfo("echo", "go.v1.echo", "team", Map.of("c", "d")),
                    new EndpointInfo("refuse", "go.v1.refuse", "", Map.of()),
                    new EndpointInfo("stop", "go.stop", "q", Map.of()))));
    ServiceStats stats = discovery.stats("go", identity.id()).orElseThrow();
    assertThat(stats.started()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(stats.endpoints())
        .extracting(each -> each.name() + each.numRequests() + each.numErrors() + each.lastError())
        .containsExactly("echo10", "refuse11404:not here", "stop00");
    assertThat(stats.endpoints().get(0).data()).isEqualTo("{\"of\":\"echo\"}");
    assertThat(client.request("go.stop", null).payload()).isEmpty();
  }
}
