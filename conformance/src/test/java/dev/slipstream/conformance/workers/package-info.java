// SPDX-License-Identifier: Apache-2.0
/** Workers, the real client and the real server on one thread, in virtual time. */
@NullMarked
package dev.slipstream.conformance.workers;

import org.jspecify.annotations.NullMarked;
