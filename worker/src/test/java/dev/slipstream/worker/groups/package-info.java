// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.slipstream.worker.groups;

import org.jspecify.annotations.NullMarked;
