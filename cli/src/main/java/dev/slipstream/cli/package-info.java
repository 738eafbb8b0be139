// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code slipstream} command: the server as a process, and small commands around it.
 *
 * <p>Entry type: {@code Main}. Two ways lead from it. {@code slipstream server}, and the program
 * called by the name {@code nats-server}, take the public server's flags in Go's syntax and load no
 * command-line library; everything else is picocli.
 *
 * <p>Reading order: {@code Main}, {@code Invocation}, {@code GoFlags}, {@code ServerFlags}, {@code
 * ServerCommand}, {@code ServerProcess}, {@code ServerLog}, {@code LogWriter}, {@code LogProvider},
 * {@code ProcessSignals}; {@code SlipstreamCommand}, {@code StoreCommand}.
 *
 * <p>The main thread starts the server, waits for signals and stops it. Log lines come from any
 * thread and are written by one.
 */
@NullMarked
package dev.slipstream.cli;

import org.jspecify.annotations.NullMarked;
