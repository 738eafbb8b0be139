// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * Counts of a client since it was made.
 *
 * @param messagesIn messages that servers delivered
 * @param bytesIn bytes read
 * @param messagesOut messages handed to a connection
 * @param bytesOut bytes of these messages, protocol included
 * @param reconnects connections made after the first
 * @param dropped messages that a slow subscription did not take
 * @param droppedOut messages that waited for a connection and were dropped for newer ones, as
 *     {@link BufferFull#DROP_OLDEST} wants it
 * @param queuedBytes bytes of messages that wait to be handed to a connection, now
 */
public record ClientStats(
    long messagesIn,
    long bytesIn,
    long messagesOut,
    long bytesOut,
    long reconnects,
    long dropped,
    long droppedOut,
    long queuedBytes) {}
