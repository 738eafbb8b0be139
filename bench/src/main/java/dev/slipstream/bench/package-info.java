// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks. Two servers in one run: {@link dev.slipstream.bench.SideBySide} for rates, {@link
 * dev.slipstream.bench.RestartTimes} for starts, {@link dev.slipstream.bench.TailLatency} for what
 * a publish waits, {@link dev.slipstream.bench.StorageFigures} for what it writes and costs, {@link
 * dev.slipstream.bench.FilterFigures}, {@link dev.slipstream.bench.ConsumerCreationFigures}, {@link
 * dev.slipstream.bench.EphemeralFigures} and {@link dev.slipstream.bench.ManyAssets} for streams
 * and consumers. Ours alone: {@link dev.slipstream.bench.LoopHoldFigures}, {@link
 * dev.slipstream.bench.EndToEnd}, {@link dev.slipstream.bench.EmbeddedStart}, {@link
 * dev.slipstream.bench.SubjectFigures} and, with JMH, {@link dev.slipstream.bench.ParserBenchmark}.
 *
 * <p>Each is a program with a {@code main} that says what it takes; {@code bench/run} starts it.
 */
@NullMarked
package dev.slipstream.bench;

import org.jspecify.annotations.NullMarked;
