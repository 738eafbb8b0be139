// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * What a server has done since its start.
 *
 * @param totalConnections clients that have come
 * @param traffic of all clients, also of those that have gone
 * @param subscriptions subscriptions of clients and of the server's own parts, now
 * @param slowConsumers clients that were closed because they did not read
 */
public record ServerFigures(
    long totalConnections, TrafficFigures traffic, int subscriptions, long slowConsumers) {}
