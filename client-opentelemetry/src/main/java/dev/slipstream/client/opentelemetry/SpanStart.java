// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Begins spans of operations on messages, with what all of them have.
 *
 * @param templates finds the template of a subject, or null
 * @param inboxPrefix what the subjects of inboxes begin with
 */
record SpanStart(Tracer tracer, Function<String, @Nullable String> templates, String inboxPrefix) {

  /** What a message is sent to or came from. */
  record Destination(String subject, @Nullable String template, boolean temporary) {}

  /** {@code subscribed} is the template when the application has none; empty for none. */
  Destination destination(String subject, String subscribed) {
    boolean temporary = subject.startsWith(inboxPrefix);
    String template = templates.apply(subject);
    if (template == null && !subscribed.isEmpty() && !temporary) {
      template = subscribed;
    }
    return new Destination(subject, template, temporary);
  }

  /** A builder for {@code operation} of a type that the conventions name. */
  SpanBuilder begin(String operation, String type, Destination to, SpanKind kind, Context parent) {
    SpanBuilder builder =
        tracer
            .spanBuilder(name(operation, to))
            .setSpanKind(kind)
            .setParent(parent)
            .setAttribute(Attribute.SYSTEM, "nats")
            .setAttribute(Attribute.OPERATION, operation)
            .setAttribute(Attribute.OPERATION_TYPE, type)
            .setAttribute(Attribute.DESTINATION, to.subject);
    if (to.template != null) {
      builder.setAttribute(Attribute.TEMPLATE, to.template);
    }
    if (to.temporary) {
      builder.setAttribute(Attribute.TEMPORARY, true);
    }
    return builder;
  }

  private static String name(String operation, Destination to) {
    if (to.template != null) {
      return operation + " " + to.template;
    }
    return to.temporary ? operation : operation + " " + to.subject;
  }

  static void link(SpanBuilder builder, SpanContext creation) {
    if (creation.isValid()) {
      builder.addLink(creation);
    }
  }

  static void fail(Span span, Throwable failure) {
    String text = failure.getMessage();
    span.setStatus(StatusCode.ERROR, text == null ? failure.getClass().getName() : text);
    span.setAttribute(Attribute.ERROR, failure.getClass().getName());
    span.recordException(failure);
  }
}
