// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import dev.slipstream.client.Publication;
import dev.slipstream.protocol.wire.Headers;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/**
 * Context in the headers of messages.
 *
 * <p>It is written with the keys of the propagator, {@code traceparent} in lower case for W3C, and
 * read in any case: programs in Go that use its carrier for HTTP write {@code Traceparent}.
 */
record MessageContext(TextMapPropagator propagator) {
  private static final TextMapGetter<Headers> GETTER = new Getter();

  private static final class Getter implements TextMapGetter<Headers> {
    @Override
    public Iterable<String> keys(Headers headers) {
      return headers.entries().stream().map(Headers.Entry::key).toList();
    }

    @Override
    public @Nullable String get(@Nullable Headers headers, String key) {
      if (headers == null) {
        return null;
      }
      String exact = headers.first(key);
      if (exact != null) {
        return exact;
      }
      for (Headers.Entry entry : headers.entries()) {
        if (entry.key().equalsIgnoreCase(key)) {
          return entry.value();
        }
      }
      return null;
    }
  }

  /** Writes a context into a message. */
  void write(Context context, Publication into) {
    propagator.inject(
        context,
        into,
        (publication, key, value) -> {
          if (publication != null) {
            publication.header(key, value);
          }
        });
  }

  /** {@code base} with what the headers bring; {@code base} itself when that is nothing. */
  Context read(Context base, Headers headers) {
    return headers.isEmpty() ? base : propagator.extract(base, headers, GETTER);
  }

  /** The span that the headers bring, which is not valid when they bring none. */
  SpanContext span(Headers headers) {
    return Span.fromContext(read(Context.root(), headers)).getSpanContext();
  }
}
