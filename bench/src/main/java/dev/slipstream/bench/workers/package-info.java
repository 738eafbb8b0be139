// SPDX-License-Identifier: Apache-2.0
/**
 * What workers cost and how fast they are, against a server of a process of its own.
 *
 * <p>Begin with {@link dev.slipstream.bench.workers.WorkerFigures}, which runs all parts or one.
 * {@link dev.slipstream.bench.workers.RoundTrip} is what a single worker is measured by. Everything
 * happens on the main thread and the workers' own.
 */
@NullMarked
package dev.slipstream.bench.workers;

import org.jspecify.annotations.NullMarked;
