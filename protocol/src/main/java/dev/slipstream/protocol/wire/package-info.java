// SPDX-License-Identifier: Apache-2.0
/**
 * The wire: operations of the NATS client protocol, parsed from and written to byte arrays, for
 * both sides of a connection.
 *
 * <p>Entry type: {@link dev.slipstream.protocol.wire.ProtocolParser}. Reading order: {@code
 * ProtocolParser}, {@code MessageFrame}, {@code ProtocolHandler}, {@code ProtocolWriter}, {@code
 * OutputBuffer}, {@code Headers}, {@code HeaderBlock}, {@code Status}, {@code AckSubject}, {@code
 * AckBody}, {@code Transport}. Nothing here does I/O or owns a thread; each object belongs to the
 * loop of its connection.
 */
@NullMarked
package dev.slipstream.protocol.wire;

import org.jspecify.annotations.NullMarked;
