// SPDX-License-Identifier: Apache-2.0
/**
 * Orders of a shop, worked off by five workers in a supervision tree; a whole program that may be
 * killed at any moment.
 *
 * <p>Entry types: {@link dev.slipstream.examples.orders.Orders} works orders off, {@link
 * dev.slipstream.examples.orders.OrderSource} makes some. Reading order: {@code Orders}, {@code
 * Step}, {@code Decision}, the five steps {@code Payment}, {@code Stock}, {@code Shipping}, {@code
 * Mail} and {@code Audit}, {@code Results}, {@code Streams}, {@code OrderSource}.
 *
 * <p>Each order is a message {@code orders.ID} of the stream {@code ORDERS}. Each worker has a
 * durable consumer of it, and for each order stores one result {@code results.STEP.ID} in the
 * stream {@code RESULTS} before it acknowledges. Delivery is at least once: what was cut off comes
 * again, and its result is known by its message id.
 *
 * <p>Threads: handlers run where the client runs them, one message at a time for each worker.
 */
@NullMarked
package dev.slipstream.examples.orders;

import org.jspecify.annotations.NullMarked;
