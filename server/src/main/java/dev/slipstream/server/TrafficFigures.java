// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * How much has gone in and out, seen from the server: what clients publish is in.
 *
 * @param inMessages messages published by clients
 * @param inBytes their headers and payloads
 * @param outMessages messages delivered to clients
 * @param outBytes their headers and payloads
 */
public record TrafficFigures(long inMessages, long inBytes, long outMessages, long outBytes) {}
