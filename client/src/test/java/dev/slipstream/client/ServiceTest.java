// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Clock;
import dev.slipstream.client.service.Endpoint;
import dev.slipstream.client.service.EndpointInfo;
import dev.slipstream.client.service.EndpointStats;
import dev.slipstream.client.service.Group;
import dev.slipstream.client.service.InvalidServiceException;
import dev.slipstream.client.service.Service;
import dev.slipstream.client.service.ServiceConfig;
import dev.slipstream.client.service.ServiceDiscovery;
import dev.slipstream.client.service.ServiceError;
import dev.slipstream.client.service.ServiceException;
import dev.slipstream.client.service.ServiceHandler;
import dev.slipstream.client.service.ServiceIdentity;
import dev.slipstream.client.service.ServiceInfo;
import dev.slipstream.client.service.ServiceRequest;
import dev.slipstream.protocol.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Services and their discovery, against a running server. */
@Timeout(60)
class ServiceTest extends ServiceFixture {
  @Test
  void endpointsAnswerBelowTheirGroups() {
    Group group = Group.of(name);
    Endpoint plain = Endpoint.of("echo", ECHO).in(group.group("v1"));
    Endpoint named = Endpoint.of("any", r -> r.respond(r.subject())).subject("at.*").in(group);
    try (Service service = Service.start(nc, config().endpoint(plain).endpoint(named))) {
      assertThat(ask(name + ".v1.echo", "hello").text()).isEqualTo("hello");
      assertThat(ask(name + ".at.home", "").text()).isEqualTo(name + ".at.home");
      service.add(Endpoint.of("late", r -> r.respond(Headers.of("K", r.text()), null)).in(group));
      assertThat(ask(name + ".late", "v").header("K")).isEqualTo("v");
      assertThat(service.info().endpoints())
          .extracting(EndpointInfo::subject)
          .containsExactly(name + ".v1.echo", name + ".at.*", name + ".late");
    }
  }

  @Test
  void whoAsksTheThreeVerbsGetsJsonOfTheirTypes() {
    ServiceConfig config =
        config()
            .description("for the test")
            .metadata(Map.of("k", "v"))
            .endpoint(
                Endpoint.of("echo", ECHO)
                    .subject(name + ".e")
                    .metadata(Map.of("format", "text"))
                    .data(out -> out.object().field("depth", 3).end()));
    try (Service service = Service.start(nc, config)) {
      String identity =
          "{\"name\":\"%s\",\"id\":\"%s\",\"version\":\"1.2.3\",\"metadata\":{\"k\":\"v\"},"
              .formatted(name, service.id());
      for (String behind : List.of("", "." + name, "." + name + "." + service.id())) {
        assertThat(json("$SRV.PING" + behind))
            .isEqualTo(identity + "\"type\":\"io.nats.micro.v1.ping_response\"}");
        assertThat(json("$SRV.INFO" + behind))
            .isEqualTo(
                identity
                    + "\"type\":\"io.nats.micro.v1.info_response\","
                    + "\"description\":\"for the test\",\"endpoints\":[{\"name\":\"echo\","
                    + ("\"subject\":\"" + name + ".e\",\"queue_group\":\"q\",")
                    + "\"metadata\":{\"format\":\"text\"}}]}");
        assertThat(json("$SRV.STATS" + behind))
            .startsWith(identity + "\"type\":\"io.nats.micro.v1.stats_response\",\"started\":\"")
            .endsWith(
                "\"endpoints\":[{\"name\":\"echo\",\"subject\":\""
                    + (name + ".e\",\"queue_group\":\"q\",\"num_requests\":0,\"num_errors\":0,")
                    + "\"last_error\":\"\",\"processing_time\":0,\"average_processing_time\":0,"
                    + "\"data\":{\"depth\":3}}]}");
      }
    }
  }

  @Test
  void refusalsTravelInHeadersAndAreCounted() throws Exception {
    ServiceHandler handler =
        request -> {
          switch (request.text()) {
            case "respond" -> request.respondError(404, "not\r\nhere");
            case "throw" -> throw new ServiceException(403, "not you");
            case "fail" -> throw new IllegalStateException("broken");
            case "twice" -> {
              request.respondError(1, "first");
              throw new IllegalStateException("second");
            }
            case "both" -> {
              request.respond("done");
              throw new IllegalStateException("broken behind");
            }
            default ->
                request.respondError(
                    new ServiceError("X-1", "other"), Headers.of("A", "b"), request.payload());
          }
        };
    Events<ClientEvent> events = new Events<>();
    nc.onEvent(events);
    Endpoint endpoint = Endpoint.of("e", handler).subject(name);
    try (Service service = Service.start(nc, config().endpoint(endpoint))) {
      Message refused = ask(name, "respond");
      assertThat(refused.header("Nats-Service-Error")).isEqualTo("not  here");
      assertThat(refused.header("Nats-Service-Error-Code")).isEqualTo("404");
      assertThat(ServiceError.of(ask(name, "throw"))).contains(new ServiceError("403", "not you"));
      assertThatThrownBy(() -> ServiceError.check(ask(name, "fail")))
          .isInstanceOfSatisfying(
              ServiceException.class,
              e -> assertThat(e.error()).isEqualTo(new ServiceError("500", "broken")));
      assertThat(events.await(ClientEvent.HandlerFailed.class).failure()).hasMessage("broken");
      assertThat(ServiceError.check(ask(name, "both")).text()).isEqualTo("done");
      assertThat(ServiceError.of(ask(name, "twice"))).contains(new ServiceError("1", "first"));
      Message other = ask(name, "?");
      assertThat(other.header("A")).isEqualTo("b");
      assertThat(other.text()).isEqualTo("?");
      service.stop(PATIENCE).get(10, TimeUnit.SECONDS);
      EndpointStats stats = only(service.stats());
      assertThat(stats.numRequests()).isEqualTo(6);
      assertThat(stats.numErrors()).isEqualTo(6);
      assertThat(stats.lastError()).isEqualTo("X-1:other");
    }
  }

  @Test
  void anAnswerThatNobodyWaitsForIsAnErrorOfTheHandler() throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    Endpoint endpoint =
        Endpoint.of(
            "e",
            request -> {
              handled.countDown();
              ECHO.onRequest(request);
            });
    try (Service service = Service.start(nc, config().endpoint(endpoint.subject(name)))) {
      nc.publish(name, null);
      assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
      service.stop(PATIENCE).get(10, TimeUnit.SECONDS);
      assertThat(only(service.stats()).lastError()).contains("nobody waits");
    }
  }

  @Test
  void timesAreThoseOfTheClientsClock() {
    AtomicLong aheadNanos = new AtomicLong();
    Clock clock =
        new Clock() {
          @Override
          public long nanos() {
            return Clock.system().nanos() + aheadNanos.get();
          }

          @Override
          public long epochNanos() {
            return TimeUnit.DAYS.toNanos(10);
          }
        };
    ServiceHandler slow =
        request -> {
          aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
          ECHO.onRequest(request);
        };
    try (NatsClient own =
            NatsClient.connect(ClientOptions.builder().servers(server.url()).clock(clock).build());
        Service service =
            Service.start(own, config().endpoint(Endpoint.of("e", slow).subject(name)))) {
      own.flush(PATIENCE);
      ask(name, "");
      ask(name, "");
      service.stop(PATIENCE).join();
      EndpointStats stats = only(service.stats());
      assertThat(stats.processingTime())
          .isBetween(Duration.ofSeconds(6), Duration.ofSeconds(6).plus(PATIENCE));
      assertThat(stats.averageProcessingTime()).isEqualTo(stats.processingTime().dividedBy(2));
      assertThat(service.stats().started()).isEqualTo(Instant.parse("1970-01-11T00:00:00Z"));
      service.reset();
      assertThat(only(service.stats()))
          .isEqualTo(new EndpointStats("e", name, "q", 0, 0, "", Duration.ZERO, Duration.ZERO, ""));
    }
  }

  @Test
  void figuresThatCannotBeWrittenAreLeftOut() {
    Endpoint endpoint =
        Endpoint.of("e", ECHO)
            .subject(name)
            .data(
                out -> {
                  throw new IllegalStateException("of the test");
                });
    try (Service service = Service.start(nc, config().endpoint(endpoint))) {
      assertThat(ServiceDiscovery.of(nc).stats(name, service.id()).orElseThrow().endpoints())
          .extracting(EndpointStats::data)
          .containsExactly("");
    }
  }

  @Test
  void queueGroupsAreInheritedAndCanBeDisabled() {
    Group grouped = Group.of(name + ".g").queueGroup("of-group");
    ServiceConfig config =
        config()
            .queueGroup("of-service")
            .endpoint(Endpoint.of("a", ECHO).subject(name + ".a"))
            .endpoint(Endpoint.of("b", ECHO).in(grouped.group("inner")))
            .endpoint(Endpoint.of("c", ECHO).in(grouped).queueGroup("own"))
            .endpoint(Endpoint.of("d", ECHO).in(grouped.withoutQueueGroup()))
            .endpoint(Endpoint.of("e", ECHO).in(grouped).withoutQueueGroup());
    try (Service service = Service.start(nc, config);
        Service none =
            Service.start(
                nc,
                config()
                    .withoutQueueGroup()
                    .endpoint(Endpoint.of("f", ECHO).subject(name + ".f")))) {
      assertThat(service.info().endpoints())
          .extracting(EndpointInfo::queueGroup)
          .containsExactly("of-service", "of-group", "own", "", "");
      assertThat(none.info().endpoints().get(0).queueGroup()).isEmpty();
    }
  }

  @Test
  void instancesShareRequestsUnlessTheQueueGroupIsDisabled() {
    AtomicInteger handled = new AtomicInteger();
    ServiceHandler count =
        request -> {
          handled.incrementAndGet();
          request.respond("");
        };
    ServiceConfig config =
        config()
            .endpoint(Endpoint.of("one", count).subject(name + ".one"))
            .endpoint(Endpoint.of("all", ECHO).subject(name + ".all").withoutQueueGroup());
    try (Service first = Service.start(nc, config);
        Service second = Service.start(nc, config)) {
      for (int i = 0; i < 50; i++) {
        ask(name + ".one", "");
      }
      try (Replies replies =
          nc.requestMany(name + ".all", null, RequestMany.within(PATIENCE).most(2))) {
        assertThat(replies.toList()).hasSize(2);
      }
      first.stop(PATIENCE).join();
      second.stop(PATIENCE).join();
      assertThat(handled).hasValue(50);
      assertThat(List.of(first, second))
          .allSatisfy(
              each -> assertThat(each.stats().endpoints().get(1).numRequests()).isEqualTo(1));
    }
  }

  @Test
  void allThatIsWrongIsNamedBeforeAnythingIsSent() {
    long sent = nc.stats().messagesOut();
    ServiceConfig config =
        ServiceConfig.of("a name", "1.0")
            .queueGroup("a b")
            .endpoint(Endpoint.of("bad.name", ECHO).subject("fine"))
            .endpoint(Endpoint.of("e1", ECHO).subject("a..b").queueGroup("x"))
            .endpoint(Endpoint.of("e2", ECHO).in(Group.of("a >")).queueGroup("q q"))
            .endpoint(Endpoint.of("e3", ECHO).queueGroup("x").maxPending(0, 1))
            .endpoint(Endpoint.of("twin", ECHO).queueGroup("x"))
            .endpoint(Endpoint.of("twin", ECHO).queueGroup("x"));
    assertThatThrownBy(() -> Service.start(nc, config))
        .isInstanceOfSatisfying(
            InvalidServiceException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "the service's name is not valid: 'a name'",
                        "the version is not valid: '1.0'",
                        "the service's queue group is not valid: 'a b'",
                        "the name of an endpoint is not valid: 'bad.name'",
                        "the queue group of endpoint 'bad.name' is not valid: 'a b'",
                        "the subject of endpoint 'e1' is not valid: 'a..b'",
                        "the subject of endpoint 'e2' is not valid: 'a >.e2'",
                        "the queue group of endpoint 'e2' is not valid: 'q q'",
                        "the bounds of what waits for endpoint 'e3' are not positive",
                        "two endpoints have the name 'twin' and the same subject"));
    assertThat(nc.stats().messagesOut()).isEqualTo(sent);
    for (String good : List.of("0.0.1", "1.2.3-rc.1+build.5", "10.20.30--x")) {
      Service.start(nc, ServiceConfig.of("ok", good)).close();
    }
    for (String bad : List.of("", "1.2", "01.2.3", "1.2.3-01", "1.2.3+", "v1.2.3", "1.2.3-a..b")) {
      assertThatThrownBy(() -> Service.start(nc, ServiceConfig.of("ok", bad)))
          .isInstanceOf(InvalidServiceException.class);
    }
  }

  @Test
  void discoveryFindsInstancesWithWhatTheyOfferAndHaveDone() {
    ServiceDiscovery discovery = ServiceDiscovery.of(nc);
    assertThat(discovery.ping(name)).isEmpty();
    assertThat(discovery.info(name, "nobody")).isEmpty();
    ServiceConfig config =
        config()
            .description("d")
            .metadata(Map.of("k", "v"))
            .endpoint(
                Endpoint.of("e", ECHO).subject(name).data(out -> out.array().value(1).endArray()));
    try (Service first = Service.start(nc, config);
        Service second = Service.start(nc, config)) {
      assertThat(discovery.ping(name))
          .containsExactlyInAnyOrder(first.identity(), second.identity());
      assertThat(discovery.ping())
          .extracting(ServiceIdentity::id)
          .contains(first.id(), second.id());
      assertThat(discovery.ping(name, first.id())).contains(first.identity());
      assertThat(discovery.info(name)).containsExactlyInAnyOrder(first.info(), second.info());
      assertThat(discovery.info(name, second.id())).contains(second.info());
      assertThat(discovery.info())
          .extracting(ServiceInfo::identity)
          .contains(first.identity(), second.identity());
      assertThat(discovery.stats(name)).containsExactlyInAnyOrder(first.stats(), second.stats());
      assertThat(discovery.stats(name, first.id())).contains(first.stats());
      assertThat(discovery.stats()).hasSizeGreaterThanOrEqualTo(2);
      nc.subscribe("$SRV.PING." + name, m -> nc.respond(m, "{broken".getBytes(UTF_8)));
      assertThat(discovery.rules(RequestMany.within(PATIENCE).most(3)).ping(name)).hasSize(2);
    }
    assertThat(discovery.ping(name, "gone")).isEmpty();
  }

  @Test
  void aRequestMayBeAnsweredLaterAndByAnotherThread() throws Exception {
    LinkedBlockingQueue<ServiceRequest> requests = new LinkedBlockingQueue<>();
    Endpoint endpoint = Endpoint.of("e", requests::add).subject(name);
    try (Service service = Service.start(nc, config().endpoint(endpoint))) {
      CompletableFuture<Message> answer = nc.requestAsync(name, null);
      Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS)).respondError(409, "later");
      assertThat(ServiceError.of(answer.get(10, TimeUnit.SECONDS)))
          .contains(new ServiceError("409", "later"));
      assertThat(only(service.stats()).numErrors()).isEqualTo(1);
    }
  }
}
