// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConsumeOptions;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.MessageHandler;
import dev.slipstream.client.Messages;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NoRespondersException;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.SharedServer;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Spans of messages that go from one connection to another, by way of a running server. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class OpenTelemetryInterceptorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension private static final SharedServer server = new SharedServer();

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .setPropagators(
              ContextPropagators.create(
                  TextMapPropagator.composite(
                      W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
          .build();
  private final OpenTelemetryInterceptor interceptor = new OpenTelemetryInterceptor(sdk);
  private NatsClient sender;
  private NatsClient receiver;
  private JetStream out;
  private JsStream in;
  private String name;

  @BeforeEach
  void connect(TestInfo test) {
    sender = connect(interceptor);
    receiver = connect(interceptor);
    name = test.getTestMethod().orElseThrow().getName();
    out = sender.jetStream(JetStreamOptions.defaults().publishRetries(0, Duration.ofMillis(1)));
    in = receiver.jetStream().createStream(StreamConfig.builder(name).subjects(name).build());
  }

  @AfterEach
  void close() {
    sender.close();
    receiver.close();
    sdk.close();
  }

  private static NatsClient connect(OpenTelemetryInterceptor interceptor) {
    return NatsClient.connect(
        ClientOptions.builder().servers(server.url()).interceptor(interceptor).build());
  }

  /** All spans, once there are so many; those that follow are not waited for. */
  private List<SpanData> spans(int count) {
    Eventually.holds(PATIENCE, this::names, () -> names().size() >= count);
    assertThat(names()).hasSize(count);
    return exporter.getFinishedSpanItems();
  }

  private List<String> names() {
    return exporter.getFinishedSpanItems().stream().map(SpanData::getName).toList();
  }

  private SpanData span(String spanName) {
    List<SpanData> found =
        exporter.getFinishedSpanItems().stream()
            .filter(span -> span.getName().equals(spanName))
            .toList();
    assertThat(found).as("%s", names()).hasSize(1);
    return found.get(0);
  }

  /** The span of the handler for a delivery. */
  private SpanData process(long delivery) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> Long.valueOf(delivery).equals(deliveries(span)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not there: " + names()));
  }

  private static @Nullable Long deliveries(SpanData span) {
    return span.getAttributes().get(Attribute.DELIVERIES);
  }

  private Consumption consume(MessageHandler<? super JsMessage> handler) {
    return in.createConsumer(Consumers.durable("worker").build())
        .consume(ConsumeOptions.defaults(), handler);
  }

  private static void assertChild(SpanData child, SpanData parent) {
    assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
    assertThat(child.getParentSpanId()).as(child.getName()).isEqualTo(parent.getSpanId());
  }

  private static void assertLinked(SpanData span, SpanData to) {
    assertThat(span.getLinks())
        .extracting(LinkData::getSpanContext)
        .extracting(context -> context.getSpanId())
        .containsExactly(to.getSpanId());
  }

  @Test
  void publishDeliveryAndAckAreOneTraceOverTwoConnections() throws Exception {
    Consumption consumption =
        consume(
            m -> {
              Span.current().setAttribute("seen.by", "the handler");
              m.ack();
            });
    Span root = sdk.getTracer("test").spanBuilder("order").startSpan();
    try (Scope scope = root.makeCurrent()) {
      out.publish(name, new byte[12], PublishOptions.none().messageId("id 1"));
    } finally {
      root.end();
    }
    spans(4);
    SpanData order = span("order");
    SpanData publish = span("publish " + name);
    SpanData process = span("process " + name);
    SpanData ack = span("ack " + name);
    assertChild(publish, order);
    assertChild(process, publish);
    assertChild(ack, process);
    assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(ack.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(publish.getLinks()).isEmpty();
    assertLinked(process, publish);
    assertLinked(ack, publish);
    assertThat(publish.getAttributes().asMap())
        .containsOnly(
            entry(Attribute.SYSTEM, "nats"),
            entry(Attribute.OPERATION, "publish"),
            entry(Attribute.OPERATION_TYPE, "send"),
            entry(Attribute.DESTINATION, name),
            entry(Attribute.BODY_SIZE, 12L),
            entry(Attribute.MESSAGE_ID, "id 1"),
            entry(Attribute.STREAM, name),
            entry(Attribute.SEQUENCE, 1L));
    assertThat(process.getAttributes().asMap())
        .containsOnly(
            entry(Attribute.SYSTEM, "nats"),
            entry(Attribute.OPERATION, "process"),
            entry(Attribute.OPERATION_TYPE, "process"),
            entry(Attribute.DESTINATION, name),
            entry(Attribute.GROUP, "worker"),
            entry(Attribute.BODY_SIZE, 12L),
            entry(Attribute.MESSAGE_ID, "id 1"),
            entry(Attribute.STREAM, name),
            entry(Attribute.SEQUENCE, 1L),
            entry(Attribute.DELIVERIES, 1L),
            entry(AttributeKey.stringKey("seen.by"), "the handler"));
    assertThat(ack.getAttributes().asMap())
        .containsOnly(
            entry(Attribute.SYSTEM, "nats"),
            entry(Attribute.OPERATION, "ack"),
            entry(Attribute.OPERATION_TYPE, "settle"),
            entry(Attribute.DESTINATION, name),
            entry(Attribute.GROUP, "worker"),
            entry(Attribute.STREAM, name));
    consumption.stop();
  }

  private static Map.Entry<AttributeKey<?>, Object> entry(AttributeKey<?> key, Object value) {
    return Map.entry(key, value);
  }

  @Test
  void aHandlerThatFailsAndTheRedeliveryAreSpansOfTheSameTrace() throws Exception {
    Consumption consumption =
        consume(
            m -> {
              if (m.info().delivered() == 1) {
                throw new IllegalStateException("on purpose");
              }
              m.term();
            });
    out.publish(name, null);
    List<SpanData> spans = spans(5);
    SpanData publish = span("publish " + name);
    SpanData failed = process(1);
    SpanData again = process(2);
    assertThat(spans).allMatch(span -> span.getTraceId().equals(publish.getTraceId()));
    assertChild(failed, publish);
    assertChild(span("nak " + name), failed);
    assertChild(again, publish);
    assertChild(span("term " + name), again);
    assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(failed.getStatus().getDescription()).isEqualTo("on purpose");
    assertThat(failed.getAttributes().get(Attribute.ERROR))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(failed.getEvents()).singleElement().matches(e -> e.getName().equals("exception"));
    assertThat(again.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    consumption.stop();
  }

  @Test
  void aPublishThatNobodyStoresIsAnError() {
    assertThatThrownBy(() -> out.publish("nobody", null)).isInstanceOf(NoRespondersException.class);
    assertThat(out.publishAsync("nobody", null)).failsWithin(PATIENCE);
    assertThat(spans(2))
        .allSatisfy(
            span -> {
              assertThat(span.getName()).isEqualTo("publish nobody");
              assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
              assertThat(span.getAttributes().get(Attribute.ERROR))
                  .isEqualTo(NoRespondersException.class.getName());
            });
  }

  @Test
  void whatAHandlerPublishesFollowsItsMessage() throws Exception {
    CompletableFuture<String> baggage = new CompletableFuture<>();
    receiver.subscribe(
        "steps.*",
        "q",
        m -> {
          baggage.complete(Baggage.current().getEntryValue("tenant"));
          receiver.publish("result." + name, m.payload());
        });
    receiver.flush(PATIENCE);
    Context tenant = Context.root().with(Baggage.builder().put("tenant", "acme").build());
    try (Scope scope = tenant.makeCurrent()) {
      sender.publish("steps.one", new byte[3]);
    }
    spans(3);
    SpanData process = span("process steps.*");
    assertChild(process, span("publish steps.one"));
    assertChild(span("publish result." + name), process);
    assertThat(process.getAttributes().get(Attribute.DESTINATION)).isEqualTo("steps.one");
    assertThat(process.getAttributes().get(Attribute.TEMPLATE)).isEqualTo("steps.*");
    assertThat(process.getAttributes().get(Attribute.GROUP)).isEqualTo("q");
    assertThat(baggage.get(10, TimeUnit.SECONDS)).isEqualTo("acme");
  }

  @Test
  void aRequestEndsWithItsReplyAndInboxesAreNotNamed() throws Exception {
    receiver.subscribe("ask", m -> receiver.respond(m, m.payload()));
    receiver.flush(PATIENCE);
    sender.request("ask", new byte[1]);
    spans(3);
    SpanData request = span("request ask");
    SpanData process = span("process ask");
    SpanData answer = span("publish");
    assertChild(process, request);
    assertChild(answer, process);
    assertThat(request.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(answer.getAttributes().get(Attribute.TEMPORARY)).isTrue();
    assertThat(answer.getAttributes().get(Attribute.DESTINATION)).startsWith("_INBOX.");
    assertThat(request.getEndEpochNanos()).isGreaterThanOrEqualTo(process.getStartEpochNanos());
  }

  @Test
  void whoTakesMessagesFindsTheirContextAndTheTraceGoesOn() throws Exception {
    out.publish(name, null);
    JsMessage message;
    try (Messages messages = in.createConsumer(Consumers.durable("taker").build()).messages()) {
      message = messages.take();
      Span own =
          sdk.getTracer("test")
              .spanBuilder("own")
              .setParent(interceptor.contextOf(message))
              .startSpan();
      try (Scope scope = own.makeCurrent()) {
        message.ack();
      } finally {
        own.end();
      }
    }
    spans(4);
    SpanData publish = span("publish " + name);
    SpanData receive = span("receive " + name);
    assertChild(receive, publish);
    assertLinked(receive, publish);
    assertThat(receive.getKind()).isEqualTo(SpanKind.CLIENT);
    assertChild(span("own"), publish);
    assertChild(span("ack " + name), span("own"));
  }

  @Test
  void inASpanOfItsOwnATakerIsNotTornFromIt() throws Exception {
    try (SyncSubscription polled = receiver.subscribeSync("poll")) {
      receiver.flush(PATIENCE);
      sender.publish("poll", null);
      Span own = sdk.getTracer("test").spanBuilder("own").startSpan();
      try (Scope scope = own.makeCurrent()) {
        assertThat(polled.poll(PATIENCE)).isNotNull();
      } finally {
        own.end();
      }
    }
    spans(3);
    assertChild(span("receive poll"), span("own"));
    assertLinked(span("receive poll"), span("publish poll"));
  }

  @Test
  void aContextOfItsOwnStaysInTheMessage() throws Exception {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (SyncSubscription polled = receiver.subscribeSync("custom")) {
      receiver.flush(PATIENCE);
      sender.publish("custom", Headers.of("Traceparent", parent), null); // as Go may write it
      Message message = polled.poll(PATIENCE);
      assertThat(message).isNotNull();
      assertThat(message.headers()).isEqualTo(Headers.of("Traceparent", parent));
    }
    spans(2);
    SpanData publish = span("publish custom");
    assertThat(publish.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(publish.getLinks().get(0).getSpanContext().getSpanId())
        .isEqualTo("b7ad6b7169203331");
    SpanData receive = span("receive custom");
    assertThat(receive.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(receive.getParentSpanId()).isEqualTo("b7ad6b7169203331");
  }

  @Test
  void templatesStandInTheNamesOfSpans() {
    OpenTelemetryInterceptor named =
        OpenTelemetryInterceptor.builder(sdk)
            .template(subject -> subject.startsWith("orders.") ? "orders.{id}" : null)
            .inboxPrefix("in.")
            .build();
    try (NatsClient other = connect(named)) {
      other.publish("orders.42", null);
      other.publish(Outgoing.to("in.7"));
      other.publish("free", null);
    }
    assertThat(names()).containsExactly("publish orders.{id}", "publish", "publish free");
    SpanData order = span("publish orders.{id}");
    assertThat(order.getAttributes().get(Attribute.TEMPLATE)).isEqualTo("orders.{id}");
    assertThat(order.getAttributes().get(Attribute.DESTINATION)).isEqualTo("orders.42");
  }

  @Test
  void aSettlementThatComesLaterBelongsToTheHandlersSpan() throws Exception {
    CompletableFuture<JsMessage> later = new CompletableFuture<>();
    Consumption consumption = consume(later::complete);
    out.publish(name, null);
    spans(2);
    later.get(10, TimeUnit.SECONDS).ackConfirmed(PATIENCE);
    spans(3);
    assertChild(span("ack " + name), span("process " + name));
    consumption.stop();
  }
}
