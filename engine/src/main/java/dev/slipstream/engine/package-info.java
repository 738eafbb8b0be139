// SPDX-License-Identifier: Apache-2.0
/**
 * Streams and consumers: what a publish, a pull and an acknowledgement do.
 *
 * <p>Entry type: {@code Engine}. The engine sees the world through two ports: {@link
 * dev.slipstream.engine.MessageBus} (subscribers and publishers) and the store's log. Every stream
 * and all its consumers belong to one loop.
 */
@NullMarked
package dev.slipstream.engine;

import org.jspecify.annotations.NullMarked;
