// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import org.jspecify.annotations.Nullable;

/**
 * A child as its supervisor sees it.
 *
 * @param id its id
 * @param status what it is doing; {@link WorkerStatus#STOPPED} while no life of it runs
 * @param starts how often it was started
 * @param lastStop why its last life ended, or null
 */
public record ChildState(
    String id, WorkerStatus status, long starts, @Nullable StopReason lastStop) {}
