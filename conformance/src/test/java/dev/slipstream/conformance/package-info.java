// SPDX-License-Identifier: Apache-2.0
/**
 * Other people's clients against our server and the public one: the same program runs against both
 * and has to print the same lines.
 *
 * <p>Reading order: {@link dev.slipstream.conformance.ForeignClientsTest}, which pairs the servers
 * and compares; {@link dev.slipstream.conformance.RandomScriptTest}, which makes up what to
 * compare; {@link dev.slipstream.conformance.ForeignProgram}, a program of {@code
 * conformance/foreign}; {@link dev.slipstream.conformance.Tools}, where the servers are.
 */
@NullMarked
package dev.slipstream.conformance;

import org.jspecify.annotations.NullMarked;
