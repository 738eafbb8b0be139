// SPDX-License-Identifier: Apache-2.0
/** The records of the JetStream API. */
@NullMarked
package dev.slipstream.protocol.api;

import org.jspecify.annotations.NullMarked;
