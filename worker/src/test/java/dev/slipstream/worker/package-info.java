// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.slipstream.worker;

import org.jspecify.annotations.NullMarked;
