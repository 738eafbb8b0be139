// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.slipstream.client.micrometer;

import org.jspecify.annotations.NullMarked;
