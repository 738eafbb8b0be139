// SPDX-License-Identifier: Apache-2.0
/**
 * Meters whose number has a bound, for the adapters of the client and of the workers; not for
 * applications.
 *
 * <p>Entry type: {@link dev.slipstream.client.micrometer.bounded.BoundedMeters}. Threads: any.
 */
@NullMarked
package dev.slipstream.client.micrometer.bounded;

import org.jspecify.annotations.NullMarked;
