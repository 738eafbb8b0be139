// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import dev.slipstream.client.AckState;
import dev.slipstream.client.Interceptor;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.Message;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.client.Origin;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The span of a message that was delivered, to a handler or to who takes it, and of its settlement.
 *
 * <p>The scope belongs to the handler's thread; the rest does not change.
 */
final class DeliverySpan implements Interceptor.Handling {
  private static final String MESSAGE_ID = "Nats-Msg-Id";

  private final SpanStart start;
  private final SpanStart.Destination from;
  private final Origin origin;
  private final SpanContext creation;
  private final Context context;
  private @Nullable Scope scope;

  private DeliverySpan(
      SpanStart start,
      SpanStart.Destination from,
      Origin origin,
      SpanContext creation,
      Context context) {
    this.start = start;
    this.from = from;
    this.origin = origin;
    this.creation = creation;
    this.context = context;
  }

  /** The span of a handler, which is the present one until {@link #handled}. */
  @SuppressWarnings("MustBeClosedChecker") // the client calls handled, which closes it
  static DeliverySpan process(
      SpanStart start, MessageContext contexts, Message message, Origin origin) {
    DeliverySpan delivery = begin(start, contexts, message, origin, "process", SpanKind.CONSUMER);
    delivery.scope = delivery.context.makeCurrent();
    return delivery;
  }

  /** The span of a message that is taken, which is over at once. */
  static DeliverySpan receive(
      SpanStart start, MessageContext contexts, Message message, Origin origin) {
    DeliverySpan delivery = begin(start, contexts, message, origin, "receive", SpanKind.CLIENT);
    delivery.span().end();
    return delivery;
  }

  private static DeliverySpan begin(
      SpanStart start,
      MessageContext contexts,
      Message message,
      Origin origin,
      String operation,
      SpanKind kind) {
    SpanContext creation = contexts.span(message.headers());
    Context present = Context.current();
    Context parent = isInSpan(present) ? present : contexts.read(present, message.headers());
    SpanStart.Destination from = start.destination(message.subject(), origin.subject());
    SpanBuilder builder =
        start
            .begin(operation, operation, from, kind, parent)
            .setAttribute(Attribute.BODY_SIZE, (long) message.payload().length);
    String id = message.header(MESSAGE_ID);
    if (id != null) {
      builder.setAttribute(Attribute.MESSAGE_ID, id);
    }
    addOrigin(builder, origin);
    if (message instanceof JsMessage stored) {
      addPlace(builder, stored);
    }
    SpanStart.link(builder, creation);
    return new DeliverySpan(start, from, origin, creation, parent.with(builder.startSpan()));
  }

  private static void addOrigin(SpanBuilder builder, Origin origin) {
    if (!origin.group().isEmpty()) {
      builder.setAttribute(Attribute.GROUP, origin.group());
    }
    if (origin.isConsumer()) {
      builder.setAttribute(Attribute.STREAM, origin.stream());
    }
  }

  private static void addPlace(SpanBuilder builder, JsMessage message) {
    MessageInfo info = message.info();
    builder.setAttribute(Attribute.SEQUENCE, info.streamSequence());
    builder.setAttribute(Attribute.DELIVERIES, info.delivered());
  }

  private Span span() {
    return Span.fromContext(context);
  }

  private static boolean isInSpan(Context context) {
    return Span.fromContext(context).getSpanContext().isValid();
  }

  @Override
  public void handled(@Nullable Throwable failure) {
    if (scope != null) {
      scope.close();
    }
    if (failure != null) {
      SpanStart.fail(span(), failure);
    }
    span().end();
  }

  @Override
  public void settled(AckState how) {
    Context present = Context.current();
    SpanBuilder builder =
        start.begin(
            nameOf(how), "settle", from, SpanKind.CLIENT, isInSpan(present) ? present : context);
    addOrigin(builder, origin);
    SpanStart.link(builder, creation);
    builder.startSpan().end();
  }

  private static String nameOf(AckState how) {
    return switch (how) {
      case ACKED -> "ack";
      case NAKED -> "nak";
      case TERMED -> "term";
      case PENDING -> throw new IllegalArgumentException("nothing was settled");
    };
  }
}
