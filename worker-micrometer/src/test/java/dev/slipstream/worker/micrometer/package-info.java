// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.slipstream.worker.micrometer;

import org.jspecify.annotations.NullMarked;
