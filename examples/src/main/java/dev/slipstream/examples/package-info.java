// SPDX-License-Identifier: Apache-2.0
/**
 * The walks that the product comes from, told in Java, each runnable against any JetStream server.
 *
 * <p>Entry types: {@link dev.slipstream.examples.FetchAndConsume}, {@link
 * dev.slipstream.examples.DurableIterator}; {@link dev.slipstream.examples.Quickstart} runs both on
 * embedded servers. Everything runs on the caller's thread.
 */
@NullMarked
package dev.slipstream.examples;

import org.jspecify.annotations.NullMarked;
