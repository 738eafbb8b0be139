// SPDX-License-Identifier: Apache-2.0
/**
 * What tests put in place of the machine: a clock that stands still until told, loops that run on
 * the test's own thread in virtual time, a disk that loses power, and seeds that a failure prints;
 * what they run beside themselves: servers as processes, and the programs of others; and how they
 * wait for what nobody tells them.
 *
 * <p>Entry type: {@link dev.slipstream.testkit.Simulation}. Reading order: {@code ManualClock},
 * {@code Simulation}, {@code FaultyDisk}, {@code Seeds}, {@code ServerProcess}, {@code
 * SharedServer}, {@code Cable}, {@code JavaProgram}, {@code Eventually}. Everything is owned by the
 * thread of the test.
 */
@NullMarked
package dev.slipstream.testkit;

import org.jspecify.annotations.NullMarked;
