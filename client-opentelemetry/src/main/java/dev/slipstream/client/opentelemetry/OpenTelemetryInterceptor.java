// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import dev.slipstream.client.Interceptor;
import dev.slipstream.client.Message;
import dev.slipstream.client.Origin;
import dev.slipstream.client.Publication;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Traces messages: {@code ClientOptions.builder().interceptor(new
 * OpenTelemetryInterceptor(openTelemetry))}.
 *
 * <p>What is published carries the context of its span in its headers, as the propagators of the
 * {@link OpenTelemetry} write it. While a handler runs, the span of its message is the present one.
 * Who takes messages by themselves finds what they bring with {@link #contextOf}. The package lists
 * the spans.
 *
 * <p>Thread-safe, for any number of clients.
 */
public final class OpenTelemetryInterceptor implements Interceptor {
  private static final String SCOPE = "dev.slipstream.client";

  private final MessageContext contexts;
  private final SpanStart start;

  /** Spans that have the subject in their name; see {@link Builder#template}. */
  public OpenTelemetryInterceptor(OpenTelemetry openTelemetry) {
    this(builder(openTelemetry));
  }

  private OpenTelemetryInterceptor(Builder from) {
    contexts = new MessageContext(from.openTelemetry.getPropagators().getTextMapPropagator());
    start = new SpanStart(from.openTelemetry.getTracer(SCOPE), from.templates, from.inboxPrefix);
  }

  /** A builder with all defaults. */
  public static Builder builder(OpenTelemetry openTelemetry) {
    return new Builder(openTelemetry);
  }

  /** The present context with what a message brings in its headers, such as its sender's span. */
  public Context contextOf(Message message) {
    return contexts.read(Context.current(), message.headers());
  }

  @Override
  public Sending publishing(Publication publication) {
    return SendSpan.begin(start, contexts, publication);
  }

  @Override
  public Handling handling(Message message, Origin origin) {
    return DeliverySpan.process(start, contexts, message, origin);
  }

  @Override
  public Handling taken(Message message, Origin origin) {
    return DeliverySpan.receive(start, contexts, message, origin);
  }

  /** Collects how messages are traced. Not thread-safe. */
  public static final class Builder {
    private final OpenTelemetry openTelemetry;
    private Function<String, @Nullable String> templates = subject -> null;
    private String inboxPrefix = "_INBOX.";

    private Builder(OpenTelemetry openTelemetry) {
      this.openTelemetry = openTelemetry;
    }

    /**
     * What stands for a subject in the names of spans, of which there are to be few: {@code
     * orders.{id}.new} for {@code orders.42.new}. With null, as is the default, it is the subject a
     * subscription was made for, and the subject itself otherwise.
     */
    public Builder template(Function<String, @Nullable String> ofSubject) {
      templates = ofSubject;
      return this;
    }

    /**
     * What the subjects of inboxes begin with, which are in no name; {@code _INBOX.} by default.
     */
    public Builder inboxPrefix(String prefix) {
      inboxPrefix = prefix;
      return this;
    }

    /** The interceptor. */
    public OpenTelemetryInterceptor build() {
      return new OpenTelemetryInterceptor(this);
    }
  }
}
