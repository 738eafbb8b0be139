// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: {@link dev.slipstream.bench.EndToEnd} drives a server with our client; {@link
 * dev.slipstream.bench.ParserBenchmark} measures the parser alone with JMH.
 */
@NullMarked
package dev.slipstream.bench;

import org.jspecify.annotations.NullMarked;
