// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.slipstream.client.opentelemetry;

import org.jspecify.annotations.NullMarked;
