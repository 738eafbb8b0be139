// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * One SUB of a client.
 *
 * @param subject with wildcards or without
 * @param queue the queue group; empty for none
 * @param sid the client's id for it
 * @param delivered messages since the SUB
 * @param max messages after which it ends; 0 for no end
 */
public record SubscriptionFigures(
    String subject, String queue, String sid, long delivered, long max) {}
