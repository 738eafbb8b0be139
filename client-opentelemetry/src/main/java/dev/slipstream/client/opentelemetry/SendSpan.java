// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import dev.slipstream.client.Interceptor;
import dev.slipstream.client.Publication;
import dev.slipstream.client.PublishAck;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/** The span of a message that is sent. */
final class SendSpan implements Interceptor.Sending {
  private static final String MESSAGE_ID = "Nats-Msg-Id";

  private final Span span;

  private SendSpan(Span span) {
    this.span = span;
  }

  /**
   * Begins the span, and writes it into the message; a message that has a context already keeps it.
   */
  static SendSpan begin(SpanStart start, MessageContext contexts, Publication message) {
    Context present = Context.current();
    SpanContext custom = contexts.span(message.headers());
    boolean request = message.kind() == Publication.Kind.REQUEST;
    SpanBuilder builder =
        start
            .begin(
                request ? "request" : "publish",
                "send",
                start.destination(message.subject(), ""),
                custom.isValid() ? SpanKind.CLIENT : SpanKind.PRODUCER,
                present)
            .setAttribute(Attribute.BODY_SIZE, (long) message.payload().length);
    String id = message.headers().first(MESSAGE_ID);
    if (id != null) {
      builder.setAttribute(Attribute.MESSAGE_ID, id);
    }
    SpanStart.link(builder, custom);
    Span span = builder.startSpan();
    if (!custom.isValid()) {
      contexts.write(present.with(span), message);
    }
    return new SendSpan(span);
  }

  @Override
  public void sent() {
    span.end();
  }

  @Override
  public void stored(PublishAck ack) {
    span.setAttribute(Attribute.STREAM, ack.stream());
    span.setAttribute(Attribute.SEQUENCE, ack.sequence());
    span.end();
  }

  @Override
  public void failed(Throwable failure) {
    SpanStart.fail(span, failure);
    span.end();
  }
}
