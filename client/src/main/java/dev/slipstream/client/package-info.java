// SPDX-License-Identifier: Apache-2.0
/**
 * The client: one connection, publishing, subscriptions, streams, and pull consumers that do not
 * stall.
 *
 * <p>Entry type: {@link dev.slipstream.client.NatsClient}. For users the reading order is {@code
 * NatsClient}, {@code ClientOptions}, {@code JetStream}, {@code JsStream}, {@code PullConsumer},
 * {@code Fetch}, {@code Consumption}, {@code Messages}, {@code JsMessage}, {@code OrderedConsumer};
 * {@code RequestMany} with its {@code Replies}; {@code AtomicBatch}; {@code ClientMetrics} and
 * {@code Interceptor} for who watches.
 *
 * <p>Inside, in the order of a message: {@code Frame} (encoded by the application's thread), {@code
 * ClientLoop} (the owner thread, a {@code SelectorLoop}, or a {@code SharedLoop} on one of {@link
 * dev.slipstream.client.ClientLoops}), {@code Outbound}, the {@code Layers} of the connection
 * ({@code WebSocketTransport}, {@code TlsTransport}, {@code SocketTransport}); back in through
 * these, {@code Session}, {@code Interests} and {@code Requests} to a {@code Lane}, where code of
 * the application runs. {@code Connection} holds it together; its {@code Connector} finds servers,
 * and {@code OffLoop} does for it what may block. {@code PullState} (with {@code PullWindow} and
 * {@code PullRetries}) and {@code FetchState} decide about pulls, without threads or I/O; {@code
 * PullSession} (with {@code PullInbox}, {@code PullSender} and {@code Releases}) and {@code
 * FetchSession} do what they decide. Messages of a consumption go through {@code SerialHandling},
 * {@code ParallelHandling} or {@code KeyedHandling} to a handler, those of a fetch through a {@code
 * Handover}; what nobody is going to handle goes to {@code HandBack}. Metrics and interceptors are
 * {@code Observers}: a {@code SendWatch} goes with a message that is sent, a {@code DeliveryWatch}
 * stands by a consumer or a subscription; a client that nobody watches has neither.
 *
 * <p>Owner thread: everything of a connection belongs to its {@code ClientLoop}; other threads hand
 * over commands. Public types are thread-safe unless they say otherwise.
 */
@NullMarked
package dev.slipstream.client;

import org.jspecify.annotations.NullMarked;
