// SPDX-License-Identifier: Apache-2.0
/**
 * Services on top of requests: endpoints that are found, asked and measured in the same way by
 * clients of all languages.
 *
 * <p>Entry types: {@link dev.slipstream.client.service.Service} for who offers one, {@link
 * dev.slipstream.client.service.ServiceDiscovery} for who looks for one. Reading order: {@code
 * ServiceConfig}, {@code Endpoint}, {@code Group}, {@code ServiceHandler}, {@code ServiceRequest},
 * {@code Service}; {@code ServiceIdentity}, {@code ServiceInfo}, {@code ServiceStats}; {@code
 * ServiceError} and {@code ServiceException}.
 *
 * <p>An endpoint is a subscription, usually in the queue group {@code q}, so that the instances of
 * a service share its requests. Beside it each instance hears {@code $SRV.PING}, {@code $SRV.INFO}
 * and {@code $SRV.STATS}, each also with {@code .<name>} and {@code .<name>.<id>} behind, and
 * answers with JSON of the types {@code io.nats.micro.v1.*}. A refusal is an answer with the
 * headers {@code Nats-Service-Error} and {@code Nats-Service-Error-Code}.
 *
 * <p>Owner thread: none. Handlers run on the client's threads, one request of an endpoint at a
 * time; the counts of an endpoint are one immutable record that is replaced as a whole. Source:
 * ADR-32.
 */
@NullMarked
package dev.slipstream.client.service;

import org.jspecify.annotations.NullMarked;
