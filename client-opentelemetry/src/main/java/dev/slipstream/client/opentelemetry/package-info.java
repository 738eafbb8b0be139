// SPDX-License-Identifier: Apache-2.0
/**
 * Traces of a client for OpenTelemetry, by the semantic conventions of messaging spans.
 *
 * <p>Entry type: {@link dev.slipstream.client.opentelemetry.OpenTelemetryInterceptor}, which is
 * given to {@code ClientOptions.Builder.interceptor}. Reading order: {@code
 * OpenTelemetryInterceptor}, {@code MessageContext}, {@code SendSpan}, {@code DeliverySpan}, {@code
 * SpanStart}, {@code Attribute}.
 *
 * <table>
 * <caption>Spans</caption>
 * <tr><th>of</th><th>name</th><th>kind</th><th>parent</th><th>ends</th></tr>
 * <tr><td>a publish, a request</td><td>{@code publish}, {@code request}</td><td>PRODUCER; CLIENT
 *     if the message had a context of its own, which it keeps</td><td>the present span</td>
 *     <td>with the stream's word or the reply; when it is on its way, otherwise</td></tr>
 * <tr><td>a handler</td><td>{@code process}</td><td>CONSUMER</td><td>the present span, otherwise
 *     the one that the message brings</td><td>with the handler</td></tr>
 * <tr><td>a message that is taken</td><td>{@code receive}</td><td>CLIENT</td><td>as above</td>
 *     <td>at once</td></tr>
 * <tr><td>a settlement</td><td>{@code ack}, {@code nak}, {@code term}</td><td>CLIENT</td><td>the
 *     present span, otherwise that of the handler or the taking</td><td>at once</td></tr>
 * </table>
 *
 * <p>Behind the name stands the template of the subject, otherwise the subject; nothing if that is
 * an inbox. Process, receive and settle spans link to the span that the message brings, also when
 * it is their parent.
 *
 * <p>Attributes: {@code messaging.system} (nats), {@code messaging.operation.name} and {@code
 * .type}, {@code messaging.destination.name} (the subject), {@code .template}, {@code .temporary},
 * {@code messaging.consumer.group.name} (a consumer's name or a queue group), {@code
 * messaging.message.body.size}, {@code messaging.message.id}; {@code error.type} (the class of the
 * exception); {@code messaging.nats.stream}, {@code messaging.nats.message.sequence} and {@code
 * messaging.nats.message.deliveries}, which the conventions do not have.
 *
 * <p>Threads: any. Nothing is kept but the context of a message as long as there is the message.
 */
@NullMarked
package dev.slipstream.client.opentelemetry;

import org.jspecify.annotations.NullMarked;
