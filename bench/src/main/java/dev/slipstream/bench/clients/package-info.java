// SPDX-License-Identifier: Apache-2.0
/**
 * The client beside the public Java client, against the same server.
 *
 * <p>Begin with {@link dev.slipstream.bench.clients.ClientFigures}: it runs the server and two
 * processes, one for each client, and has them do the same in turns. {@link
 * dev.slipstream.bench.clients.ClientProcess} is what such a process runs, {@link
 * dev.slipstream.bench.clients.MeasuredClient} what it measures. Everything happens on the main
 * thread of its process.
 */
@NullMarked
package dev.slipstream.bench.clients;

import org.jspecify.annotations.NullMarked;
